"""`spectronctl`: administers a Spectron server from a terminal, and works with what it remembers.

| command | does |
| --- | --- |
| `health`, `ready` | whether the server lives, and whether it can do its work |
| `login`, `logout`, `profiles list`, `profiles use` | keep servers and keys under names |
| `contexts create`, `contexts list`, `contexts show`, `contexts update`, `contexts delete` | Contexts |
| `contexts export`, `contexts import` | a Context as a dump, out and in |
| `contexts reindex` | a Context's search index made anew |
| `contexts migrate` | moves a Context to another database with all it has |
| `keys create`, `keys list`, `keys show`, `keys rotate`, `keys revoke`, `keys delete` | a Context's API keys |
| `retention show`, `retention set`, `retention preview`, `retention diff` | how long memories live |
| `lifecycle expire`, `lifecycle sweeps`, `lifecycle decay` | delete what is due, list sweeps, let facts fade |
| `documents upload`, `documents list`, `documents show`, `documents download`, `documents delete` | documents |
| `documents chunks`, `documents keywords`, `documents query`, `documents reprocess` | what was made of them |
| `jobs list`, `jobs show`, `jobs retry`, `jobs cancel` | the job queue |
| `events` | follow what happens |
| `remember`, `forget`, `reinstate` | put something into memory, take it out, and bring that back |
| `recall`, `context`, `chat`, `reflect` | what is remembered, as hits, for a prompt, as a reply, put together |
| `state`, `profile`, `inspect` | what is believed, now or at another time |
| `sessions list`, `sessions show`, `sessions delete` | conversations |
| `entities list`, `entities show`, `entities history`, `entities delete`, `entities reinstate` | entities |
| `scopes list`, `scopes forget` | the scope tree |
| `traces list`, `traces show`, `traces stats`, `traces tail` | how questions were answered |
| `consolidate`, `elaborate` | draw conclusions from what is remembered |
| `me`, `principals`, `accesses` | who may do what in a Context, and what was read and written there |
| `fsck` | whether what is stored fits together |
| `usage`, `stats`, `audit` | tokens used, what is stored, what was done and refused in a Context |

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing to do, 130 interrupted.
"""

from spectron.ctl.app import main

__all__ = ["main"]
