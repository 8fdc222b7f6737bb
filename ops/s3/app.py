"""The command group."""

import typer

from ops.s3 import setup, undelete

app = typer.Typer(help="The bucket with the originals: plan, apply, status, undelete.", no_args_is_help=True)
for module in (setup, undelete):
    module.register(app)
