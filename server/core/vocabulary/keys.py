"""The attribute keys that extraction writes and recall asks for, in one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

MemoryCategory = Literal["identity", "knowledge", "context"]
EntityType = Literal["Person", "Organization", "Place", "Animal", "Thing"]

FAVOURITE = "favourite_"


@dataclass(frozen=True, slots=True)
class Implied:
    """The relation that a value stands for when it names something: employer Acme implies works_at Acme."""

    label: str
    type: EntityType


@dataclass(frozen=True, slots=True)
class Key:
    """What a key means and how its values live together.

    `many` keys hold several values at once, each believed for itself; any other key holds one, and a new value
    supersedes the old. `prose` values are wording rather than names or measures, so two of them may say the same.
    """

    name: str
    summary: str
    category: MemoryCategory
    many: bool = False
    prose: bool = False
    implies: Implied | None = None


def _one(name: str, summary: str, category: MemoryCategory = "identity", implies: Implied | None = None) -> Key:
    return Key(name, summary, category, implies=implies)


def _many(
    name: str,
    summary: str,
    category: MemoryCategory = "identity",
    *,
    prose: bool = False,
    implies: Implied | None = None,
) -> Key:
    return Key(name, summary, category, many=True, prose=prose, implies=implies)


_TABLE = (
    # who somebody is
    _one("name", "what they are called in full"),
    _one("nickname", "what they want to be called"),
    _one("title", "Dr., Professor and the like"),
    _one("pronouns", "they/them, she/her"),
    _one("age", "in years, or as said (early forties)"),
    _one("birthday", "date or year of birth"),
    _one("birthplace", "where they were born", implies=Implied("born_in", "Place")),
    _one("hometown", "where they grew up or come from", implies=Implied("from", "Place")),
    _many("nationality", "citizenship or origin as an adjective"),
    _many("language", "a language they speak"),
    _one("marital_status", "single, engaged, married, divorced, widowed"),
    _one("children", "how many children they have"),
    _one("religion", "faith"),
    _one("height", "with its unit"),
    _one("weight", "with its unit"),
    # where and how to reach them
    _one("location", "where they live, or where an organisation sits", implies=Implied("located_in", "Place")),
    _one("address", "street address"),
    _one("email", "e-mail address"),
    _one("phone", "telephone number"),
    _one("website", "address of a page of theirs"),
    _one("timezone", "time zone"),
    # work and school
    _one("employer", "whom they work for", implies=Implied("works_at", "Organization")),
    _one("role", "job, title or occupation"),
    _one("department", "team or department"),
    _one("industry", "the field they work in"),
    _one("work_location", "where they work", implies=Implied("works_in", "Place")),
    _one("salary", "what they earn"),
    _many("responsible_for", "what they lead, run or maintain", prose=True),
    _many("project", "what they are working on", "context", prose=True),
    _many("school", "where they study or studied", implies=Implied("studied_at", "Organization")),
    _many("degree", "an academic degree", prose=True),
    _one("field_of_study", "what they study or studied"),
    _many("learning", "what they are learning", "context", prose=True),
    _many("skill", "what they are good at", prose=True),
    # health
    _many("diet", "vegan, halal, no pork"),
    _many("allergy", "what they cannot tolerate"),
    _many("condition", "illness, disability, pregnancy", prose=True),
    _many("medication", "what they take"),
    _one("blood_type", "blood group"),
    # taste and life
    _many("likes", "what they like or are interested in", prose=True),
    _many("dislikes", "what they do not like", prose=True),
    _many("prefers", "what they prefer, with what it is preferred to", prose=True),
    _many("hobby", "what they do for fun, instruments included", prose=True),
    _many("habit", "what they always, usually or never do", prose=True),
    _many("fear", "what they are afraid of", prose=True),
    _many("owns", "what they own", prose=True),
    _many("pet", "their animals", prose=True, implies=Implied("pet", "Animal")),
    _many("uses", "tools and services they use", "knowledge", implies=Implied("uses", "Thing")),
    _one("bank", "where they bank", implies=Implied("banks_with", "Organization")),
    # what is going on
    _many("plan", "what they are about to do; valid until it is over", "context", prose=True),
    _many("goal", "what they want to reach", "context", prose=True),
    _one("status", "what they are at now: on vacation, on sick leave", "context"),
    _one("budget", "what they may spend", "context"),
    _many("reflection", "what was concluded from all that is remembered", "knowledge", prose=True),
    # things, animals, organisations
    _one("species", "what kind of animal", "knowledge"),
    _many("description", "what something is", "knowledge", prose=True),
    _one("deadline", "when it is due", "context"),
    _one("date", "when it takes place", "context"),
    _one("port", "network port", "knowledge"),
    _one("version", "version in use", "knowledge"),
    _one("price", "what it costs", "knowledge"),
    _one("expiry", "when it runs out", "knowledge"),
    _one("founded", "when it was founded", "knowledge"),
)

KEYS: Mapping[str, Key] = MappingProxyType({key.name: key for key in _TABLE})


def key_named(name: str) -> Key:
    """The table's entry, or for a key outside it (shoe_size, favourite_band) one that holds a single value."""
    known = KEYS.get(name)
    if known is not None:
        return known
    if name.startswith(FAVOURITE):
        return Key(name, f"their favourite {name.removeprefix(FAVOURITE).replace('_', ' ')}", "identity")
    return Key(name, name.replace("_", " "), "knowledge")
