"""The command group."""

import typer

from ops.backup import hold, listing, prune, run, verify

app = typer.Typer(help="Backups: run, list, show, verify, prune, hold.", no_args_is_help=True)
for module in (run, listing, verify, prune, hold):
    module.register(app)
