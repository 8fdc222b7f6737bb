"""`spectron-ops`: its command groups and its entry point."""

from ops.backup import app as backup
from ops.doctor import command as doctor
from ops.drill import commands as drill
from ops.restore import run as restore
from ops.s3 import app as s3
from ops.schedule import commands as schedule
from spectron.terminal.commands import application
from spectron.terminal.terminal import Terminal

app = application("spectron-ops", "Keeps a Spectron deployment safe: backups and what proves them.")
app.add_typer(backup.app, name="backup")
app.add_typer(restore.app, name="restore")
app.add_typer(drill.app, name="drill")
app.add_typer(s3.app, name="s3")
app.add_typer(schedule.app, name="schedule")
doctor.register(app)


def main() -> None:
    """The console script."""
    app(prog_name="spectron-ops", obj=Terminal.standard())
