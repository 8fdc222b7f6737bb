import inspect
from dataclasses import dataclass, field

from spectron.target import Given
from spectron.terminal.options import CommonOptions, expanded, gathered


@dataclass(frozen=True)
class Limits:
    """A group of options."""

    low: int
    high: int = 9
    marks: list[str] = field(default_factory=list)


def command(name: str, limits: Limits, *, yes: bool = False) -> None:
    """Only its signature counts."""


OWN = list(inspect.signature(command).parameters.values())


def test_a_group_stands_for_its_options() -> None:
    flat = {parameter.name: (parameter.annotation, parameter.default) for parameter in expanded(OWN)}

    assert flat == {
        "name": (str, inspect.Parameter.empty),
        "low": (int, inspect.Parameter.empty),
        "high": (int, 9),
        "marks": (list[str], []),
        "yes": (bool, False),
    }


def test_the_options_of_a_group_are_put_together_again() -> None:
    values = {"name": "a", "low": 1, "high": 2, "marks": ["x"], "yes": True, "other": "left alone"}

    assert gathered(OWN, values) == {"name": "a", "limits": Limits(1, 2, ["x"]), "yes": True}


def test_what_stands_nearer_to_the_command_wins() -> None:
    before = CommonOptions(url="http://a.test", api_key="key", as_json=True)
    after = CommonOptions(url="http://b.test", profile="prod")

    merged = after.over(before)

    assert merged.given == Given(url="http://b.test", api_key="key", profile="prod")
    assert merged.as_json
