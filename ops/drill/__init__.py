"""Drills: `spectron-ops drill`.

| command | does |
| --- | --- |
| `run` | restores a set into a throwaway server, looks whether all of it works, and reports |
| `list` | past drills, and how old the newest that passed is |

A backup that has never been tested is not a backup.
"""
