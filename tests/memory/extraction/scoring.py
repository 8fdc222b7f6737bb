"""Holding what the extractor finds against what a careful reader would want."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

import yaml

from server.core.vocabulary.keys import key_named
from server.memory.extraction.diff import Attribute, EntityRef, Extraction
from server.memory.extraction.extractor import Extractor, Role, TurnInput

SENTENCES = Path(__file__).parent / "sentences.yaml"
SAID_AT = datetime(2026, 3, 18, 12, tzinfo=UTC)
FAMILIES = ("attributes", "relations", "entities", "instructions", "uncertainties", "corrections", "times")
FACTS = ("attributes", "relations")
ENOUGH_IN_COMMON = 0.5
Half = Literal["development", "held-out"]
Item = tuple[str, ...]
_EDGE_WORDS = frozenset({"a", "an", "the", "my", "our", "some", "of", "on", "in", "at", "to"})
_IMPLIED = frozenset(
    {"works_at", "works_in", "located_in", "born_in", "from", "studied_at", "uses", "banks_with", "pet"}
)


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence with its labels, by family."""

    text: str
    expected: Mapping[str, tuple[Item, ...]]
    role: Role = "user"
    speaker: str | None = None
    previous: tuple[str, ...] = ()
    known: tuple[EntityRef, ...] = ()

    @property
    def half(self) -> Half:
        """By a hash of the text, so that nobody chose it."""
        return "held-out" if hashlib.blake2b(self.text.encode(), digest_size=1).digest()[0] % 2 else "development"

    @property
    def turn(self) -> TurnInput:
        return TurnInput(self.text, SAID_AT, self.role, self.speaker, self.previous)


@dataclass(slots=True)
class Outcome:
    """What was right, missed and made up in one sentence or many."""

    hits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FAMILIES, 0))
    missed: dict[str, list[Item]] = field(default_factory=lambda: {family: [] for family in FAMILIES})
    extra: dict[str, list[Item]] = field(default_factory=lambda: {family: [] for family in FAMILIES})

    def add(self, other: "Outcome") -> None:
        for family in FAMILIES:
            self.hits[family] += other.hits[family]
            self.missed[family] += other.missed[family]
            self.extra[family] += other.extra[family]

    def precision(self, families: Sequence[str] = FAMILIES) -> float:
        return _share(sum(self.hits[f] for f in families), sum(len(self.extra[f]) for f in families))

    def recall(self, families: Sequence[str] = FAMILIES) -> float:
        return _share(sum(self.hits[f] for f in families), sum(len(self.missed[f]) for f in families))

    @property
    def mistakes(self) -> int:
        return sum(len(self.missed[family]) + len(self.extra[family]) for family in FAMILIES)


def load(path: Path = SENTENCES) -> tuple[Case, ...]:
    return tuple(_case(entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8")))


async def outcomes(extractor: Extractor, cases: Iterable[Case]) -> list[tuple[Case, Outcome]]:
    return [(case, compare(case, await extractor.extract(case.turn, case.known))) for case in cases]


def total(results: Iterable[tuple[Case, Outcome]], half: Half | None = None) -> Outcome:
    whole = Outcome()
    for case, outcome in results:
        if half is None or case.half == half:
            whole.add(outcome)
    return whole


def compare(case: Case, extraction: Extraction) -> Outcome:
    found = _found(extraction, case.turn.user)
    outcome = Outcome()
    for family in FAMILIES:
        wanted = list(case.expected.get(family, ()))
        for item in found[family]:
            match = next((other for other in wanted if _same(family, item, other)), None)
            if match is None:
                outcome.extra[family].append(item)
            else:
                wanted.remove(match)
                outcome.hits[family] += 1
        outcome.missed[family] = wanted
    return outcome


def _found(extraction: Extraction, user: EntityRef) -> dict[str, list[Item]]:
    return {
        "attributes": [(a.entity.name, _sign(negated=a.negated) + a.key, a.value) for a in extraction.attributes],
        "relations": [
            (r.subject.name, _sign(negated=r.negated) + r.label, r.object.name)
            for r in extraction.relations
            if r.label not in _IMPLIED
        ],
        "entities": [(e.type, e.name) for e in extraction.entities if e.ref != user],
        "instructions": [(i.description,) for i in extraction.instructions],
        "uncertainties": [(u.about,) for u in extraction.uncertainties],
        "corrections": [(c.entity.name, c.key, c.old or "", c.new or "") for c in extraction.corrections],
        "times": [(a.entity.name, a.key, a.value, _period(a)) for a in extraction.attributes if _period(a)],
    }


def _same(family: str, found: Item, wanted: Item) -> bool:
    if family in {"instructions", "uncertainties"}:
        return _words(wanted[0]) <= _words(found[0])
    if family == "attributes":
        same_place = _plain(found[0]) == _plain(wanted[0]) and found[1] == wanted[1]
        return same_place and _same_value(found[1], found[2], wanted[2])
    if family == "times":
        return found[:2] == wanted[:2] and _same_value(found[1], found[2], wanted[2]) and found[3] == wanted[3]
    return tuple(map(_plain, found)) == tuple(map(_plain, wanted))


def _same_value(key: str, found: str, wanted: str) -> bool:
    """Wording may differ where a key holds wording; names, dates and numbers are the same or not."""
    if _plain(found) == _plain(wanted):
        return True
    ours, theirs = _words(found) - _EDGE_WORDS, _words(wanted) - _EDGE_WORDS
    if not key_named(key.removeprefix("not ")).prose or not ours or not theirs:
        return False
    return len(ours & theirs) / len(ours | theirs) >= ENOUGH_IN_COMMON


def _plain(text: str) -> str:
    words = text.casefold().split()
    while len(words) > 1 and words[0] in {"a", "an", "the"}:
        words = words[1:]
    return " ".join(words).strip(" .,!")


def _words(text: str) -> set[str]:
    return set(re.findall(r"[\w'-]+", text.casefold()))


def _period(attribute: Attribute) -> str:
    if attribute.valid_from is None and attribute.valid_until is None:
        return ""
    return f"{_day(attribute.valid_from)}..{_day(attribute.valid_until)}"


def _day(moment: datetime | None) -> str:
    return "" if moment is None else moment.date().isoformat()


def _sign(*, negated: bool) -> str:
    return "not " if negated else ""


def _share(hits: int, errors: int) -> float:
    return hits / (hits + errors) if hits + errors else 1.0


def _case(entry: Mapping[str, object]) -> Case:
    attributes = [tuple(line.split(" | ")) for line in _lines(entry, "attributes")]
    return Case(
        text=str(entry["text"]),
        expected={
            "attributes": tuple(item[:3] for item in attributes),
            "times": tuple((item[0], item[1].removeprefix("not "), *item[2:]) for item in attributes if len(item) > 3),
            "relations": tuple(tuple(line.split(" | ")) for line in _lines(entry, "relations")),
            "entities": tuple(tuple(line.split(" ", 1)) for line in _lines(entry, "entities")),
            "instructions": tuple((line,) for line in _lines(entry, "instructions")),
            "uncertainties": tuple((line,) for line in _lines(entry, "uncertainties")),
            "corrections": tuple(_correction(line) for line in _lines(entry, "corrections")),
        },
        role=cast("Role", entry.get("role", "user")),
        speaker=cast("str | None", entry.get("speaker")),
        previous=tuple(_lines(entry, "previous")),
        known=tuple(EntityRef(*line.split(" ", 1)) for line in _lines(entry, "known")),
    )


def _correction(line: str) -> Item:
    entity, key, change = line.split(" | ")
    old, new = (side.strip() for side in f" {change} ".split("->"))
    return entity, key, old, new


def _lines(entry: Mapping[str, object], name: str) -> list[str]:
    return cast("list[str]", entry.get(name, []))
