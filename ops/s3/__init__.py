"""The bucket with the originals: `spectron-ops s3`.

| command | does |
| --- | --- |
| `plan` | says what would be changed so that nothing can be lost by mistake |
| `apply` | changes it; what others have set up there stays |
| `status` | exit code 1 if anything has drifted |
| `undelete` | brings back deleted objects of a prefix and a time; a preview unless `--apply` |

Looked after: versions are kept, old ones expire, abandoned uploads go, nobody outside reads; and, if asked for,
replication to another bucket and Object Lock.
"""
