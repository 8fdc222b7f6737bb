"""Groups of command line options, written as dataclasses whose fields are the options."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Annotated, Any, get_type_hints

import typer

from spectron.target import Given

PANEL = "Common options"


@dataclass(frozen=True)
class CommonOptions:
    """What every command takes, before or after its own name."""

    url: Annotated[str | None, typer.Option(help="The server's address. (SPECTRON_URL)", rich_help_panel=PANEL)] = None
    api_key: Annotated[
        str | None, typer.Option(help="A management or Context key. (SPECTRON_API_KEY)", rich_help_panel=PANEL)
    ] = None
    context: Annotated[
        str | None, typer.Option(help="The Context's id. (SPECTRON_CONTEXT_ID)", rich_help_panel=PANEL)
    ] = None
    profile: Annotated[
        str | None, typer.Option(help="A profile that `login` made. (SPECTRON_PROFILE)", rich_help_panel=PANEL)
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.", rich_help_panel=PANEL)] = (
        False
    )

    def over(self, other: "CommonOptions") -> "CommonOptions":
        """These, completed by `other`."""
        given = self.given.over(other.given)
        return CommonOptions(given.url, given.api_key, given.context, given.profile, self.as_json or other.as_json)

    @property
    def given(self) -> Given:
        return Given(url=self.url, api_key=self.api_key, context=self.context, profile=self.profile)


def expanded(parameters: Iterable[inspect.Parameter]) -> list[inspect.Parameter]:
    """The parameters, with each group of options replaced by its options."""
    flat: list[inspect.Parameter] = []
    for parameter in parameters:
        if _is_group(parameter.annotation):
            hints = get_type_hints(parameter.annotation, include_extras=True)
            flat += [
                _parameter(field.name, hints[field.name], _default(field)) for field in fields(parameter.annotation)
            ]
        else:
            flat.append(_parameter(parameter.name, parameter.annotation, parameter.default))
    return flat


def gathered(parameters: Iterable[inspect.Parameter], values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments for the parameters, with each group of options put together from its options' values."""
    return {
        parameter.name: (
            parameter.annotation(**{field.name: values[field.name] for field in fields(parameter.annotation)})
            if _is_group(parameter.annotation)
            else values[parameter.name]
        )
        for parameter in parameters
    }


def _is_group(annotation: Any) -> bool:
    return isinstance(annotation, type) and is_dataclass(annotation)


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return inspect.Parameter.empty if field.default is MISSING else field.default
