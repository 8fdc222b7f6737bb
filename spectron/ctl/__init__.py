"""`spectronctl`: administers a Spectron server from a terminal.

| command | does |
| --- | --- |
| `health`, `ready` | whether the server lives, and whether it can do its work |
| `login`, `logout`, `profiles list`, `profiles use` | keep servers and keys under names |
| `contexts create`, `contexts list`, `contexts show`, `contexts update`, `contexts delete` | Contexts |
| `keys create`, `keys list`, `keys show`, `keys rotate`, `keys revoke`, `keys delete` | a Context's API keys |
| `retention show`, `retention set`, `retention preview`, `retention diff` | how long memories live |
| `lifecycle expire`, `lifecycle sweeps`, `lifecycle decay` | delete what is due, list sweeps, let facts fade |
| `usage`, `stats`, `audit` | tokens used, what is stored, what was done and refused in a Context |

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
"""

from spectron.ctl.app import main

__all__ = ["main"]
