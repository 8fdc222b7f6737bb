"""References as people write them: `entity:Person/alice`, `attribute:Person/alice/employer`, and their like."""

from dataclasses import dataclass
from typing import Literal, get_args

from server.core.errors import ValidationError
from server.core.naming import suggestion

Kind = Literal["entity", "attribute", "relation", "trace"]
GRAMMAR = {
    "entity": "entity:<type>/<name>",
    "attribute": "attribute:<type>/<name>/<key>",
    "relation": "relation:<subject>/<label>/<object>",
    "trace": "trace:<id>",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """What is addressed, with the parts of its address; a relation's ends are names, or `<type>:<name>`."""

    kind: Kind
    parts: tuple[str, ...]


def parse(text: str) -> Reference:
    """Read a reference; a name may hold slashes, a type, key or label may not."""
    head, colon, rest = text.partition(":")
    kind: Kind | None = next((known for known in get_args(Kind) if known == head), None)
    if kind is None or not colon:
        raise ValidationError(
            f"{text[:80]!r} is no reference: write one of {', '.join(GRAMMAR.values())}; {suggestion(head, GRAMMAR)}"
        )
    parts = _parts(kind, rest)
    if not all(part.strip() for part in parts) or len(parts) != GRAMMAR[kind].count("<"):
        raise ValidationError(f"{text[:80]!r} is no reference: write {GRAMMAR[kind]}.")
    return Reference(kind, tuple(part.strip() for part in parts))


def _parts(kind: Kind, rest: str) -> list[str]:
    match kind:
        case "trace":
            return [rest]
        case "entity":
            return rest.split("/", maxsplit=1)
        case "attribute":
            type_name, _, named = rest.partition("/")
            name, _, key = named.rpartition("/")
            return [type_name, name, key]
        case "relation":
            return rest.split("/")
