"""Backup repositories: sets of files in a folder or a bucket, each complete or not there at all.

| in the repository | is |
| --- | --- |
| `sets/ID/manifest.json` | what the set holds; written last, and without it there is no set |
| `sets/ID/contexts/CONTEXT.surql.zst`, `sets/ID/control.surql.zst` | the dumps; `.age` follows if encrypted |
| `sets/ID/objects.jsonl.zst` | which document originals there were, with their checksums; never encrypted |
| `objects/AB/HASH.ID.zst` | the originals themselves, shared by all sets |
| `marks/ID/` | that a set is held, was drilled, or is being read |
| `lock.json` | who is writing, until when |
"""
