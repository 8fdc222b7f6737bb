"""Scopes: sets of `key=value` attributes that say whose a record is."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from server.core.errors import ValidationError

KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
MAX_VALUE_LENGTH = 256
MAX_ATTRIBUTES = 16
MAX_CLAUSES = 16


class Attribute(NamedTuple):
    """One `key=value` of a scope."""

    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


Scope = frozenset[Attribute]
EMPTY: Scope = frozenset()


def parse(notation: object) -> Scope:
    """Read a scope from any accepted notation: an object, a list of `key=value`, or a path `key/value/…`."""
    match notation:
        case None:
            return EMPTY
        case str() if "=" in notation and ("," in notation or "/" in notation):
            # It looks like several attributes, and reading it as one would make the scope another one in silence.
            raise _unreadable(notation)
        case str():
            return _checked(_from_text(notation))
        case Mapping():
            return _checked(_from_mapping(notation))
        case list() | tuple() | set() | frozenset():
            return _checked(attribute for item in notation for attribute in _from_item(item))
        case _:
            raise _unreadable(notation)


def parse_clauses(notation: object) -> tuple[Scope, ...]:
    """Read an OR of ANDs, `[["org=acme"], ["org=beta", "user=bo"]]`; anything simpler is one clause."""
    if isinstance(notation, list | tuple) and any(isinstance(item, list | tuple) for item in notation):
        if len(notation) > MAX_CLAUSES:
            raise ValidationError(f"scopes holds {len(notation)} clauses; at most {MAX_CLAUSES} are allowed.")
        return tuple(dict.fromkeys(parse(item) for item in notation))
    return (parse(notation),)


def contradicts(floor: Scope, requested: Scope) -> bool:
    """Whether a request names another value for a key that the floor fixes."""
    return any(
        attribute not in requested and any(other.key == attribute.key for other in requested) for attribute in floor
    )


def as_mapping(scope: Scope) -> dict[str, str | list[str]]:
    """The object notation; a key with several values holds a list."""
    values: dict[str, list[str]] = {}
    for key, value in sorted(scope):
        values.setdefault(key, []).append(value)
    return {key: found[0] if len(found) == 1 else found for key, found in values.items()}


def as_text(scope: Scope) -> str:
    """The notation for people: `org=acme,user=alice`."""
    return ",".join(str(attribute) for attribute in sorted(scope))


def _from_item(item: object) -> Iterable[Attribute]:
    if not isinstance(item, str):
        raise _unreadable(item)
    return _from_text(item)


def _from_text(text: str) -> Iterable[Attribute]:
    if "=" in text:
        key, _, value = text.partition("=")
        return [Attribute(key, value)]
    parts = text.strip("/").split("/")
    if len(parts) % 2 or not all(parts):
        raise _unreadable(text)
    return [Attribute(key, value) for key, value in zip(parts[::2], parts[1::2], strict=True)]


def _from_mapping(notation: Mapping[Any, Any]) -> Iterable[Attribute]:
    for key, held in notation.items():
        if isinstance(held, list | tuple) and not held:
            raise _unreadable({key: held})
        for value in held if isinstance(held, list | tuple) else [held]:
            if not isinstance(key, str) or not isinstance(value, str):
                raise _unreadable({key: held})
            yield Attribute(key, value)


def _checked(attributes: Iterable[Attribute]) -> Scope:
    scope = frozenset(attributes)
    if len(scope) > MAX_ATTRIBUTES:
        raise ValidationError(f"A scope of {len(scope)} attributes is too wide; at most {MAX_ATTRIBUTES} are allowed.")
    for key, value in scope:
        if not KEY.fullmatch(key):
            raise ValidationError(
                f"{key[:80]!r} cannot be a scope key: use 1 to 64 letters, digits, '_', '.' and '-', "
                "beginning with a letter."
            )
        if not 1 <= len(value) <= MAX_VALUE_LENGTH or not value.isprintable():
            raise ValidationError(
                f"The scope value of {key!r} must be 1 to {MAX_VALUE_LENGTH} printable characters; it has {len(value)}."
            )
    return scope


def _unreadable(notation: object) -> ValidationError:
    shown = repr(notation)
    return ValidationError(
        f"{shown[:80]} is not a scope: write an object {{'org': 'acme'}}, a list ['org=acme'] or a path 'org/acme'."
    )
