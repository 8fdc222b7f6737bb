"""`spectron-ops`: keeps a Spectron deployment safe.

| commands | do |
| --- | --- |
| `backup` | write, list, verify and prune backup sets |

Exit codes: 0 done, 1 something failed or sounded the alarm, 2 wrong usage, 3 nothing to do or locked, 130 interrupted.
"""
