"""`spectron-ops`: keeps a Spectron deployment safe.

| commands | do |
| --- | --- |
| `backup` | write, list, verify and prune backup sets |
| `doctor` | look whether all that has to work at night would work now |
| `drill` | restore a set into a throwaway server and prove that it works |
| `restore` | into a new Context or a fresh deployment, never over what is there |
| `schedule` | run jobs at their times, and tell people what became of them |
| `s3` | set up the bucket with the originals so that nothing is lost by mistake, and bring back what was deleted |

Exit codes: 0 done, 1 something failed or sounded the alarm, 2 wrong usage, 3 nothing to do or locked, 130 interrupted.
"""
