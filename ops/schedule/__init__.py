"""Jobs at their times: `spectron-ops schedule`.

| command | does |
| --- | --- |
| `run` | runs every job at its time, and at start what was missed |
| `list` | when each job ran, how it ended, and when it runs next |
| `once` | runs one job now, with everything that follows from its outcome |
| `install` | prints systemd units and cron lines |
"""
