"""From JSON that somebody else wrote, such as a language model, to a diff that can be trusted to be one."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal, TypeVar, cast, get_args

from server.core.errors import ValidationError
from server.core.vocabulary.keys import MemoryCategory, key_named
from server.memory.extraction.diff import (
    Attribute,
    Correction,
    Entity,
    EntityRef,
    Extraction,
    Instruction,
    Relation,
    Uncertainty,
    category_of,
)

MAX_PROBLEMS = 10
DEFAULT_CONFIDENCE = 0.9
Field = Literal["entities", "attributes", "relations", "instructions", "uncertainties", "corrections"]
T = TypeVar("T")


def parse(document: object) -> Extraction:
    """The diff that a decoded JSON document holds; a `ValidationError` names each wrong place and what belongs there.

    What the schema requires but a reader can fill in (lists, flags, categories, times) may be absent.
    """
    root = _Node(document, "$", [])
    extraction = Extraction(
        entities=root.items("entities", _entity),
        attributes=root.items("attributes", _attribute),
        relations=root.items("relations", _relation),
        instructions=root.items("instructions", lambda node: Instruction(node.text("label"), node.text("description"))),
        uncertainties=root.items("uncertainties", lambda node: Uncertainty(node.text("about"), node.text("reason"))),
        corrections=root.items("corrections", _correction),
    )
    root.only(*get_args(Field))
    if root.problems:
        shown = root.problems[:MAX_PROBLEMS]
        more = len(root.problems) - len(shown)
        rest = f"; and {more} more" if more else ""
        raise ValidationError(f"The extraction does not follow its schema: {'; '.join(shown)}{rest}.")
    return extraction


class _Node:
    """A place in the document that reads its children and notes what is wrong with them instead of stopping."""

    def __init__(self, value: object, path: str, problems: list[str]) -> None:
        self.problems = problems
        self._path = path
        self._fields: Mapping[object, object] = {}
        if isinstance(value, Mapping):
            self._fields = value
        else:
            self._note("", "an object", value)

    def only(self, *names: str) -> None:
        for name in self._fields:
            if name not in names:
                self.problems.append(f"{self._path}: unknown field {name!r}, expected only {', '.join(names)}")

    def items(self, name: str, build: Callable[["_Node"], T]) -> tuple[T, ...]:
        value = self._fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            self._note(name, "a list", value)
            return ()
        return tuple(build(_Node(item, f"{self._path}.{name}[{i}]", self.problems)) for i, item in enumerate(value))

    def child(self, name: str) -> "_Node":
        return _Node(self._fields.get(name), f"{self._path}.{name}", self.problems)

    def text(self, name: str) -> str:
        value = self._fields.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self._note(name, "a non-empty string", value)
        return ""

    def optional_text(self, name: str) -> str | None:
        return None if self._fields.get(name) is None else self.text(name)

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self._note(name, "a list of non-empty strings", value)
            return ()
        return tuple(item.strip() for item in value)

    def flag(self, name: str) -> bool:
        value = self._fields.get(name, False)
        if not isinstance(value, bool):
            self._note(name, "true or false", value)
        return value is True

    def confidence(self) -> float:
        value = self._fields.get("confidence")
        if value is None:
            return DEFAULT_CONFIDENCE
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self._note("confidence", "a number from 0 to 1", value)
            return 0.0
        return float(value)

    def category(self, default: MemoryCategory) -> MemoryCategory:
        value = self._fields.get("memory_category")
        if value is None:
            return default
        if value not in get_args(MemoryCategory):
            self._note("memory_category", f"one of {', '.join(get_args(MemoryCategory))}", value)
            return default
        return cast("MemoryCategory", value)

    def time(self, name: str) -> datetime | None:
        value = self._fields.get(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self._note(name, "an RFC 3339 time with an offset, or null", value)
            return None
        return moment.astimezone(UTC)

    def period(self) -> tuple[datetime | None, datetime | None]:
        begin, end = self.time("valid_from"), self.time("valid_until")
        if begin is not None and end is not None and end < begin:
            self.problem("valid_until lies before valid_from")
        return begin, end

    def problem(self, text: str) -> None:
        self.problems.append(f"{self._path}: {text}")

    def _note(self, name: str, expected: str, value: object) -> None:
        place = f"{self._path}.{name}" if name else self._path
        self.problems.append(f"{place}: expected {expected}, got {value!r:.80}")


def _ref(node: _Node) -> EntityRef:
    return EntityRef(node.text("type"), node.text("name"))


def _entity(node: _Node) -> Entity:
    ref = _ref(node)
    return Entity(ref.type, ref.name, node.texts("aliases"), node.category(category_of(ref)))


def _attribute(node: _Node) -> Attribute:
    key = node.text("key")
    begin, end = node.period()
    return Attribute(
        entity=_ref(node.child("entity")),
        key=key,
        value=node.text("value"),
        memory_category=node.category(key_named(key).category),
        confidence=node.confidence(),
        valid_from=begin,
        valid_until=end,
        period=node.optional_text("period"),
        negated=node.flag("negated"),
        correction=node.flag("correction"),
    )


def _relation(node: _Node) -> Relation:
    begin, end = node.period()
    return Relation(
        subject=_ref(node.child("subject")),
        label=node.text("label"),
        object=_ref(node.child("object")),
        memory_category=node.category("knowledge"),
        confidence=node.confidence(),
        valid_from=begin,
        valid_until=end,
        period=node.optional_text("period"),
        negated=node.flag("negated"),
    )


def _correction(node: _Node) -> Correction:
    correction = Correction(
        _ref(node.child("entity")), node.text("key"), node.optional_text("old"), node.optional_text("new")
    )
    if correction.old is None and correction.new is None:
        node.problem("expected old, new or both, got neither")
    return correction
