"""The program: its command groups and its entry point."""

from spectron.ctl import (
    access,
    audit,
    chat,
    contexts,
    documents,
    dumps,
    entities,
    health,
    insight,
    jobs,
    keys,
    lifecycle,
    login,
    memory,
    migrate,
    profiles,
    recall,
    retention,
    scopes,
    sessions,
    traces,
    usage,
)
from spectron.terminal.commands import application
from spectron.terminal.terminal import Terminal

app = application("spectronctl", "Administers a Spectron server, and works with what its Contexts remember.")
dumps.register(contexts.app)
migrate.register(contexts.app)
for group, name in (
    (contexts.app, "contexts"),
    (keys.app, "keys"),
    (documents.app, "documents"),
    (jobs.app, "jobs"),
    (sessions.app, "sessions"),
    (entities.app, "entities"),
    (scopes.app, "scopes"),
    (traces.app, "traces"),
    (retention.app, "retention"),
    (lifecycle.app, "lifecycle"),
    (profiles.app, "profiles"),
):
    app.add_typer(group, name=name)
for module in (memory, recall, chat, jobs, health, login, usage, audit, access, insight):
    module.register(app)


def main() -> None:
    """The console script."""
    app(prog_name="spectronctl", obj=Terminal.standard())
