"""Programs and their commands, which all take the common options, before or after their own name."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Annotated, Any, Concatenate, ParamSpec, cast

import typer

from spectron.terminal.failures import reported
from spectron.terminal.options import CommonOptions, expanded, gathered
from spectron.terminal.session import Session
from spectron.terminal.terminal import Terminal

P = ParamSpec("P")
CommandFunction = Callable[Concatenate[Session, P], None]

COMMON = (inspect.Parameter("common", inspect.Parameter.KEYWORD_ONLY, annotation=CommonOptions),)


@dataclass(frozen=True)
class Invocation:
    """One call of a program: where it runs, and what was said before the command's name."""

    terminal: Terminal
    common: CommonOptions = field(default_factory=CommonOptions)

    def session(self, common: CommonOptions) -> Session:
        options = common.over(self.common)
        return Session(self.terminal, options.given, as_json=options.as_json)


def application(name: str, help: str) -> typer.Typer:
    """A program that takes the common options and `--version`; called with a `Terminal` as `obj`."""
    app = typer.Typer(name=name, help=help, no_args_is_help=True, pretty_exceptions_enable=False)

    def print_version(wanted: bool) -> None:
        if wanted:
            typer.echo(f"{name} {version('spectron')}")
            raise typer.Exit

    def root(ctx: typer.Context, show_version: bool, **values: Any) -> None:  # noqa: ARG001 - its callback acts on it
        ctx.obj = Invocation(ctx.obj, gathered(COMMON, values)["common"])

    flag = Annotated[bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")]
    parameter = inspect.Parameter("show_version", inspect.Parameter.KEYWORD_ONLY, annotation=flag, default=False)
    app.callback()(_taking(root, [parameter, *COMMON]))
    return app


def command(
    app: typer.Typer, *, example: str, name: str | None = None
) -> Callable[[CommandFunction[P]], CommandFunction[P]]:
    """Register a function whose first parameter is the session; the others are its arguments and options."""

    def register(function: CommandFunction[P]) -> CommandFunction[P]:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]

        def run(ctx: typer.Context, **values: Any) -> None:
            session = ctx.ensure_object(Invocation).session(gathered(COMMON, values)["common"])
            with reported(session):
                cast(Any, function)(session, **gathered(own, values))

        help_text = inspect.cleandoc(function.__doc__ or "")
        registered_name = name or function.__name__
        app.command(registered_name, help=help_text, epilog=f"Example: {example}")(_taking(run, [*own, *COMMON]))
        return function

    return register


def _taking(function: Callable[..., None], parameters: Iterable[inspect.Parameter]) -> Callable[..., None]:
    """The function, as Typer sees it: with each option as a parameter of its own."""
    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    cast(Any, function).__signature__ = inspect.Signature([context, *expanded(parameters)])
    return function
