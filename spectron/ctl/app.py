"""The program: its command groups and its entry point."""

from spectron.ctl import audit, contexts, health, keys, lifecycle, login, profiles, retention, usage
from spectron.terminal.commands import application
from spectron.terminal.terminal import Terminal

app = application("spectronctl", "Administers a Spectron server: Contexts, their keys, retention, usage and audit.")
app.add_typer(contexts.app, name="contexts")
app.add_typer(keys.app, name="keys")
app.add_typer(retention.app, name="retention")
app.add_typer(lifecycle.app, name="lifecycle")
app.add_typer(profiles.app, name="profiles")
for module in (health, login, usage, audit):
    module.register(app)


def main() -> None:
    """The console script."""
    app(prog_name="spectronctl", obj=Terminal.standard())
