"""Backups: `spectron-ops backup`.

| command | does |
| --- | --- |
| `run` | writes a set: every Context, the control plane, and an inventory of the document originals |
| `list`, `show` | what sets there are, and what is in one |
| `verify` | reads every byte of a set and compares it with the manifest |
| `prune` | deletes what need not be kept, after saying what and why |
| `hold`, `unhold` | protects a set from being pruned, and ends that |
"""
