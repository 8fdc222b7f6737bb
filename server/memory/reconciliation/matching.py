"""Whether a name that was mentioned means an entity that is known: by name, by alias, by similarity."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from surrealdb import RecordID

from server.core.vocabulary.keys import MemoryCategory
from server.memory.names import normalised

_VAGUE = "Thing"
_WORD = re.compile(r"\w+")
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "madam", "herr", "frau"})
_LEGAL_FORMS = frozenset(
    [
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "co",
        "company",
        "ltd",
        "limited",
        "llc",
        "plc",
        "gmbh",
        "ag",
        "sa",
        "srl",
        "oy",
        "ab",
    ]
)
_ARTICLES = frozenset({"the"})
_DOUBLED = re.compile(r"(\w)\1")
_LONG = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a mention may mean; `aliases` are normalised, `certain_only` admits no similarity."""

    id: RecordID
    type: str
    name: str
    aliases: frozenset[str] = frozenset()
    memory_category: MemoryCategory = "knowledge"
    certain_only: bool = False

    @property
    def names(self) -> frozenset[str]:
        return self.aliases | {normalised(self.name)}

    def with_alias(self, alias: str) -> "Candidate":
        return replace(self, aliases=self.aliases | {alias})


@dataclass(frozen=True, slots=True)
class Match:
    """The entity that is meant, or those that might be when it cannot be told."""

    meant: Candidate | None
    by: Literal["name", "alias", "similarity", "nothing"]
    torn_between: tuple[Candidate, ...] = ()


def match(type_name: str, name: str, aliases: Iterable[str], candidates: Sequence[Candidate]) -> Match:
    """The candidate that a mention means, if there is one and no other could be meant as well."""
    mentioned = normalised(name)
    same_type = [candidate for candidate in candidates if candidate.type == type_name]
    related = same_type or [one for one in candidates if _VAGUE in {type_name, one.type}]
    for pool in (same_type, related):
        for candidate in pool:
            if normalised(candidate.name) == mentioned:
                return Match(candidate, "name")
    for known in (mentioned, *map(normalised, aliases)):
        found = [candidate for candidate in related if known in candidate.names]
        if found:
            return _only(found, "alias")
    alike = [one for one in same_type if not one.certain_only and _alike(mentioned, normalised(one.name), type_name)]
    return _only(alike, "similarity") if alike else Match(None, "nothing")


def fuller(current: str, mentioned: str) -> str:
    """The longer of two names if it contains the other: Alice becomes Alice Johnson, never the reverse."""
    have, got = _WORD.findall(normalised(current)), _WORD.findall(normalised(mentioned))
    return mentioned if len(got) > len(have) and set(have) <= set(got) else current


def part_of(current: str, mentioned: str) -> bool:
    """Whether a mention is a piece of a name, which other names may share: no alias of its own."""
    return set(_WORD.findall(normalised(mentioned))) < set(_WORD.findall(normalised(current)))


def _only(found: Sequence[Candidate], by: Literal["alias", "similarity"]) -> Match:
    return Match(found[0], by) if len(found) == 1 else Match(None, "nothing", tuple(found))


def _alike(one: str, other: str, type_name: str) -> bool:
    a, b = _core(one), _core(other)
    if not a or not b:
        return False
    if a == b or _folded(a) == _folded(b):
        return True
    if type_name == "Person":
        return _part_of_name(a, b) or _part_of_name(b, a)
    return _misspelt(" ".join(a), " ".join(b))


def _core(name: str) -> tuple[str, ...]:
    """The words that tell a name from others."""
    words = tuple(_WORD.findall(name))
    core = tuple(word for word in words if word not in _TITLES | _LEGAL_FORMS | _ARTICLES)
    return core or words


def _folded(words: tuple[str, ...]) -> str:
    """Without accents and without doubled letters: Jos\u00e9 and Jose, Allison and Alison."""
    decomposed = unicodedata.normalize("NFKD", " ".join(words))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _DOUBLED.sub(r"\1", plain)


def _part_of_name(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """A first name, a last name, or a name without the middle one."""
    if len(part) >= len(whole):
        return False
    if len(part) == 1:
        return part[0] in (whole[0], whole[-1])
    return part[0] == whole[0] and part[-1] == whole[-1]


def _misspelt(a: str, b: str) -> bool:
    """One letter off in a long name; a digit off is another thing."""
    if min(len(a), len(b)) < _LONG or re.sub(r"\D", "", a) != re.sub(r"\D", "", b):
        return False
    shorter, longer = sorted((a, b), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(shorter, longer, strict=False)) if x != y), len(shorter))
    if len(shorter) < len(longer):
        return shorter[start:] == longer[start + 1 :]
    swapped = (
        shorter[start : start + 2] == longer[start : start + 2][::-1] and shorter[start + 2 :] == longer[start + 2 :]
    )
    return swapped or shorter[start + 1 :] == longer[start + 1 :]
