"""systemd units and cron lines for a schedule."""

import shlex
from pathlib import Path

from ops.schedule.config import Schedule
from ops.schedule.timing import DAYS, Timing


def systemd_unit(program: str, config: Path) -> str:
    """A service that keeps the schedule."""
    command = shlex.join([program, "schedule", "run", "--config", str(config)]).replace("%", "%%")
    return f"""\
# /etc/systemd/system/spectron-ops.service
[Unit]
Description=Backups and checks of Spectron
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={command}
EnvironmentFile=-/etc/spectron/ops.env
Restart=always
RestartSec=30
User=spectron
NoNewPrivileges=true

[Install]
WantedBy=multi-user.target
"""


def cron_lines(program: str, config: Path, schedule: Schedule) -> str:
    """One line a job, for machines without systemd; cron catches up nothing and knows no jitter."""
    lines = ["# Instead of the service. The times are UTC.", "CRON_TZ=UTC"]
    for name, job in schedule.jobs.items():
        command = shlex.join([program, "schedule", "once", name, "--config", str(config)]).replace("%", r"\%")
        lines.append(f"{_when(job.timing)} {command}")
    return "\n".join(lines) + "\n"


def _when(timing: Timing) -> str:
    hour = "*" if timing.every == "hour" else str(timing.at.hour)
    # Cron's week begins with Sunday.
    weekday = str((timing.weekday + 1) % len(DAYS)) if timing.every == "week" else "*"
    return f"{timing.at.minute} {hour} * * {weekday}"
