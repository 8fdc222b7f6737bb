"""The word lists the rules look things up in, read from the data folder once in a process."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from server.core.vocabulary.ties import Gender
from server.memory.extraction.heuristic.verbs import Verb, inflections, swapped

DATA = Path(__file__).parent / "data"
Sections = Mapping[str, tuple[str, ...]]


class Phrases:
    """A set of words and phrases, found at a position by the longest match."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = frozenset(phrases)
        self._longest = max((len(phrase.replace("'", " '").split()) for phrase in self._phrases), default=0)

    def __contains__(self, phrase: str) -> bool:
        return phrase in self._phrases

    def length_at(self, words: Sequence[str], start: int, end: int) -> int:
        """How many words from `start` on are one of the phrases; 0 when none is."""
        for length in range(min(self._longest, end - start), 0, -1):
            if " ".join(words[start : start + length]).replace(" '", "'") in self._phrases:
                return length
        return 0


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the rules know about words."""

    genders: Mapping[str, Gender]
    names_that_are_words: frozenset[str]
    places: Phrases
    place_endings: frozenset[str]
    organizations: Phrases
    organization_starts: frozenset[str]
    organization_endings: frozenset[str]
    names_of_many_things: frozenset[str]
    things: Phrases
    occupations: Phrases
    occupation_endings: tuple[str, ...]
    nationalities: Phrases
    languages: Phrases
    religions: Phrases
    animals: Phrases
    conditions: Phrases
    health_states: Phrases
    medicines: Phrases
    medicine_endings: tuple[str, ...]
    diets: Phrases
    possessions: Phrases
    common: frozenset[str]
    verbs: Mapping[str, tuple[Verb, ...]]

    @classmethod
    @cache
    def load(cls, folder: Path = DATA) -> "Lexicon":
        names = _sections(folder / "first_names.txt", None)
        places = _sections(folder / "places.txt", ",")
        organizations = _sections(folder / "organizations.txt", ",")
        things = _sections(folder / "things.txt", ",")
        jobs = _sections(folder / "occupations.txt", ",")
        origins = _sections(folder / "origins.txt", ",")
        health = _sections(folder / "health.txt", ",")
        verbs = _sections(folder / "verbs.txt", None)
        return cls(
            genders=_genders(names),
            names_that_are_words=frozenset(names["also a word"]),
            places=Phrases((*places["countries"], *places["regions"], *places["cities"])),
            place_endings=frozenset(places["last words of places"]),
            organizations=Phrases(organizations["names"]),
            organization_starts=frozenset(organizations["first words of organisations"]),
            organization_endings=frozenset(organizations["last words of organisations"]),
            names_of_many_things=frozenset(
                (*places["also words"], *organizations["also words"], *things["also words"]),
            ),
            things=Phrases(things["names"]),
            occupations=Phrases(_with_typos(jobs["names"])),
            occupation_endings=jobs["endings"],
            nationalities=Phrases(origins["nationalities"]),
            languages=Phrases(origins["languages"]),
            religions=Phrases(origins["religions"]),
            animals=Phrases(_sections(folder / "animals.txt", ",")["names"]),
            conditions=Phrases(health["conditions"]),
            health_states=Phrases(health["states"]),
            medicines=Phrases(health["medicines"]),
            medicine_endings=health["medicine endings"],
            diets=Phrases(health["diets"]),
            possessions=Phrases(_sections(folder / "possessions.txt", ",")["names"]),
            common=frozenset(_sections(folder / "common_words.txt", None)["words"]),
            verbs=inflections(verbs["regular"], verbs["irregular"]),
        )


def _sections(path: Path, separator: str | None) -> Sections:
    """The entries under each [heading]; lines that begin with # are remarks."""
    sections: dict[str, list[str]] = {}
    entries: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            entries = sections.setdefault(line.strip("[]"), [])
        elif not line.startswith("# "):
            entries.extend(filter(None, (entry.strip() for entry in line.split(separator))))
    return {heading: tuple(found) for heading, found in sections.items()}


def _genders(names: Sections) -> dict[str, Gender]:
    genders: dict[str, Gender] = dict.fromkeys((*names["-"], *names["also a word"]), "")
    genders.update(dict.fromkeys(names["f"], "f"))
    for name in names["m"]:
        genders[name] = "" if genders.get(name) == "f" else "m"
    return genders


def _with_typos(words: Sequence[str]) -> Iterable[str]:
    yield from words
    for word in words:
        if " " not in word:
            yield from swapped(word)
