"""The answer of a check."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from server.http.answers.common import Traced


class Problem(TypedDict):
    """Two things that do not agree."""

    kind: str
    id: str
    detail: str
    repaired: NotRequired[bool]


class Suspect(TypedDict):
    """Text that gives orders to a model."""

    ref: str
    excerpt: str


class Check(Traced):
    """What was looked at and what does not agree."""

    checked: dict[str, int]
    problems: list[Problem]
    count: int
    repaired: int
    total: int
    contradictions: list[dict[str, Any]]
    duplicates: list[dict[str, Any]]
    injection: list[Suspect]
