"""Retention policies: how long memories of a category live in a scope. Pure; the grammar and its errors."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal, get_args

from server.core.errors import SpectronError, UnprocessableError, ValidationError
from server.core.naming import suggestion
from server.core.scope import Scope, as_mapping, as_text, parse

Category = Literal["identity", "knowledge", "context", "instructions", "unknowns"]
Source = Literal["server", "context", "api"]

CATEGORIES: tuple[Category, ...] = get_args(Category)
SOURCES: tuple[Source, ...] = get_args(Source)
FIELDS = ("scope", "memory_category", "ttl")
INDEFINITE = "indefinite"
MAX_POLICIES = 100

_DURATION = re.compile(r"([0-9]{1,6})([smhdwy])")
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}
_DAY = _UNITS["d"]
_LONGEST = 100 * _UNITS["y"]
# More than these are over it in every unit.
MOST_DIGITS = 6

Ttl = timedelta | None


@dataclass(frozen=True, slots=True)
class Policy:
    """Memories of a category whose scope contains `scope` live for `ttl`; None is for ever."""

    scope: Scope
    category: Category
    ttl: Ttl
    source: Source = "context"

    def document(self) -> dict[str, Any]:
        """As it is written in a configuration."""
        return {"scope": as_mapping(self.scope), "memory_category": self.category, "ttl": ttl_text(self.ttl)}

    def __str__(self) -> str:
        return f"{as_text(self.scope) or 'everything'} {self.category} {ttl_text(self.ttl)}"


def policies(document: object, name: str = "retention", source: Source = "context") -> tuple[Policy, ...]:
    """Read a list of policies; what is wrong is named by its entry, such as `retention[2].ttl`.

    An entry may say its own `source`, which is how a Context remembers which were set through the API.
    """
    if not isinstance(document, list | tuple):
        raise ValidationError(f"{name} must be a list of policies, each with scope, memory_category and ttl.")
    if len(document) > MAX_POLICIES:
        raise UnprocessableError(f"{name} holds {len(document)} policies; at most {MAX_POLICIES} are allowed.")
    read = [_policy(entry, f"{name}[{index}]", source) for index, entry in enumerate(document)]
    first: dict[tuple[Scope, Category], int] = {}
    for index, policy in enumerate(read):
        before = first.setdefault((policy.scope, policy.category), index)
        if before != index:
            raise UnprocessableError(
                f"{name}[{index}] is a duplicate of {name}[{before}]: both are for {policy.category} in the scope "
                f"{as_text(policy.scope) or 'of everything'}. Keep one of them."
            )
    return tuple(read)


def sourced(given: Iterable[Policy], source: Source) -> list[dict[str, Any]]:
    """The policies as a Context keeps them, marked with where they come from."""
    return [replace(policy, source=source).document() | {"source": source} for policy in given]


def duration(text: object, name: str, *, least: timedelta = timedelta(0)) -> timedelta:
    """Read a whole number with a unit: s, m, h, d, w or y (365 days)."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise UnprocessableError(
            f"{name} is {text!r}; write a whole number and a unit s, m, h, d, w or y, as in '30d'."
        )
    length = int(match[1]) * _UNITS[match[2]]
    if not least <= length <= _LONGEST:
        raise UnprocessableError(f"{name} is {text}; it must be from {duration_text(least)} to 100y.")
    return length


def ttl(text: object, name: str = "ttl") -> Ttl:
    """Read a time to live: `7d`, `4w`, `1y`, at least one day, or `indefinite`."""
    if text == INDEFINITE:
        return None
    advice = f"Write a whole number of d, w or y (365 days), at least 1d, or {INDEFINITE!r}."
    match = re.fullmatch(r"([+-]?[0-9.]*)\s*(.*)", text) if isinstance(text, str) else None
    if match is None:
        raise ValidationError(f"{name} is {text!r}, which is not a text. {advice}")
    number, unit = match[1], match[2]
    if unit not in {"d", "w", "y"}:
        raise UnprocessableError(f"{name} is {str(text)[:40]!r}: {unit[:40]!r} is not a unit. {advice}")
    if not re.fullmatch(r"[0-9]+", number):
        raise UnprocessableError(f"{name} is {str(text)[:40]!r}: {number[:40]!r} is not a whole number. {advice}")
    length = int(number) * _UNITS[unit] if len(number.lstrip("0")) <= MOST_DIGITS else timedelta.max
    if length < _DAY:
        raise UnprocessableError(f"{name} is {text!r}, which is below the minimum of 1d. {advice}")
    if length > _LONGEST:
        raise UnprocessableError(
            f"{name} is {str(text)[:40]!r}, which is over 100y. Write {INDEFINITE!r} to keep for ever."
        )
    return length


def ttl_text(length: Ttl) -> str:
    return INDEFINITE if length is None else duration_text(length)


def duration_text(length: timedelta) -> str:
    """In the largest unit that divides it, but in days rather than in weeks."""
    for unit in ("y", "d", "h", "m"):
        if length and not length % _UNITS[unit]:
            return f"{length // _UNITS[unit]}{unit}"
    return f"{length // _UNITS['s']}s" if length else "0d"


def category(name: object, where: str = "memory_category") -> Category:
    for known in CATEGORIES:
        if name == known:
            return known
    raise ValidationError(f"{where} is {str(name)[:40]!r}, no category; {suggestion(str(name)[:40], CATEGORIES)}")


def _policy(entry: object, name: str, source: Source) -> Policy:
    if not isinstance(entry, Mapping):
        raise ValidationError(f"{name} must be an object with scope, memory_category and ttl.")
    given = {"memory_category" if key == "memoryCategory" else key: value for key, value in entry.items()}
    for key in given:
        if key not in {*FIELDS, "source"}:
            raise ValidationError(f"{name}.{str(key)[:40]} is not a known field; {suggestion(str(key)[:40], FIELDS)}")
    for key in FIELDS:
        if key not in given:
            raise ValidationError(f"{name}.{key} is missing; a policy has scope, memory_category and ttl.")
    if given.get("source", source) not in SOURCES:
        raise ValidationError(f"{name}.source must be one of {', '.join(SOURCES)}.")
    return Policy(
        _scope(given["scope"], f"{name}.scope"),
        category(given["memory_category"], f"{name}.memory_category"),
        ttl(given["ttl"], f"{name}.ttl"),
        given.get("source", source),
    )


def _scope(notation: object, name: str) -> Scope:
    try:
        scope = parse(notation)
    except SpectronError as error:
        raise ValidationError(f"{name}: {error.detail}") from error
    values: dict[str, str] = {}
    for attribute in sorted(scope):
        other = values.setdefault(attribute.key, attribute.value)
        if other != attribute.value:
            raise UnprocessableError(
                f"{name} is contradictory: it asks for both {attribute.key}={other} and {attribute}. "
                "Write a policy for each."
            )
    return scope
