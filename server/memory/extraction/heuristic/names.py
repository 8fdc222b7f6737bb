"""Finding names in a sentence, and telling whether they name a person, an organisation, a place or a thing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.core.vocabulary.keys import EntityType
from server.core.vocabulary.ties import FAMILY_NAMES, TIES, Gender
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.lexicon import Lexicon
from server.memory.extraction.heuristic.tokens import Token
from server.memory.extraction.heuristic.words import (
    ACRONYMS,
    BE,
    CALENDAR,
    CONJUNCTIONS,
    DO,
    HAVE,
    LEARNED_TITLES,
    MODALS,
    OPENING_MARKS,
    PREPOSITIONS,
    TITLES,
    words,
)

LONGEST_NAME = 8
PARTICLES = words("de da do dos del della di van von der den la le el al bin ibn y &")
BEFORE_OF = words(
    "isle republic house gulf university institute college school bank ministry museum academy department"
)
OWN_PLACES = words("hospital university college school church park square institute bank library museum clinic hotel")
PLACE_STARTS = words("mount mt mt. lake cape fort")
NAMING_THINGS = words("project operation")
NUMBERED = words("channel area studio formula")
NO_NAMES = words("i not 's") | BE | DO | HAVE
GENDERS_OF_TITLES: Mapping[str, Gender] = {
    "mr": "m",
    "mr.": "m",
    "sir": "m",
    "mrs": "f",
    "mrs.": "f",
    "ms": "f",
    "ms.": "f",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the tokens from `start` to `end`; `type` is None where only its surroundings can tell."""

    start: int
    end: int
    name: str
    type: EntityType | str | None
    gender: Gender = ""
    title: str | None = None
    full_name: str | None = None

    @property
    def aliases(self) -> tuple[str, ...]:
        return (self.full_name,) if self.full_name and self.full_name != self.name else ()


class NameFinder:
    """Reads names off capitals and word lists; `known` are the names already remembered."""

    def __init__(self, lexicon: Lexicon, known: Sequence[EntityRef]) -> None:
        self._lexicon = lexicon
        self._known = {ref.name.lower(): ref for ref in known if "'" not in ref.name}
        self._longest_known = max((len(name.split()) for name in self._known), default=0)

    def find(self, text: str, tokens: Sequence[Token], *, caseless: bool) -> tuple[Mention, ...]:
        """The names of one sentence, left to right; `text` is what the tokens were cut from."""
        return tuple(_Sentence(self, self._lexicon, text, tokens, caseless=caseless).mentions())

    def known(self, lowers: Sequence[str], start: int, end: int) -> tuple[int, EntityRef] | None:
        """The longest remembered name that begins at a word, with its length."""
        for length in range(min(self._longest_known, end - start), 0, -1):
            ref = self._known.get(" ".join(lowers[start : start + length]))
            if ref is not None:
                return length, ref
        return None


class _Sentence:
    def __init__(
        self, finder: NameFinder, lexicon: Lexicon, text: str, tokens: Sequence[Token], *, caseless: bool
    ) -> None:
        self._finder = finder
        self._lexicon = lexicon
        self._text = text
        self._tokens = tokens
        self._lowers = [token.lower for token in tokens]
        self._caseless = caseless

    def mentions(self) -> Iterator[Mention]:
        i = 0
        while i < len(self._tokens):
            mention = self._mention_at(i)
            if mention is not None:
                yield mention
            i = mention.end if mention is not None else i + 1

    def _mention_at(self, i: int) -> Mention | None:
        if self._tokens[i].kind != "word":
            return None
        named = self._name_like(i)
        known = self._known_at(i, named=named)
        if known is not None:
            return known
        if self._caseless:
            return self._lower_case_mention(i)
        return self._capitalised_mention(i) if named else None

    def _known_at(self, i: int, *, named: bool) -> Mention | None:
        """A remembered name, in capitals or not, unless a longer name begins there."""
        found = self._finder.known(self._lowers, i, len(self._tokens))
        if found is None or not (named or self._lowers[i] not in self._lexicon.common):
            return None
        length, ref = found
        if named and self._run_end(i) > i + length:
            return None
        return Mention(i, i + length, ref.name, ref.type, self._lexicon.genders.get(self._lowers[i], ""))

    def _name_like(self, i: int) -> bool:
        """Whether a name may begin here by its capital."""
        token, lower = self._tokens[i], self._lowers[i]
        if self._caseless or not token.capitalised or lower in NO_NAMES:
            return False
        if lower in TITLES:
            return i + 1 < len(self._tokens) and self._tokens[i + 1].capitalised
        if not self._opens_sentence(i):
            return True
        if lower in self._lexicon.common or lower in PREPOSITIONS | CONJUNCTIONS:
            return self._common_word_in_name(i)
        return self._name_in_front(i)

    def _common_word_in_name(self, i: int) -> bool:
        """`Will Smith`, `Red Cross`: an ordinary word that opens the sentence and still begins a name."""
        following = i + 1 < len(self._tokens) and self._tokens[i + 1].capitalised and self._lowers[i + 1] != "i"
        if not following:
            return False
        if self._lowers[i] in NAMING_THINGS:
            return True
        listed = self._lexicon.organizations.length_at(self._lowers, i, len(self._tokens)) > 1
        ends_as_one = self._lowers[self._run_end(i) - 1] in self._lexicon.organization_endings
        return listed or ends_as_one or self._lowers[i] in self._lexicon.names_that_are_words

    def _name_in_front(self, i: int) -> bool:
        """Whether a capital at the front is one of a name: known as one, followed by another, or by its verb."""
        lexicon, lower = self._lexicon, self._lowers[i]
        if lower in lexicon.genders or self._run_end(i) > i + 1 or self._listed(i):
            return True
        if lower in lexicon.verbs or lower.endswith(("ing", "ly")) or lower in lexicon.animals:
            return False
        return i + 1 >= len(self._tokens) or self._followed_by_verb(i + 1)

    def _listed(self, i: int) -> bool:
        lexicon, end = self._lexicon, len(self._tokens)
        return any(
            phrases.length_at(self._lowers, i, end)
            for phrases in (lexicon.places, lexicon.organizations, lexicon.things)
        )

    def _followed_by_verb(self, i: int) -> bool:
        following = self._lowers[i]
        if following in {"'s", "and", "&", ",", "("} | MODALS - {"may"} | words(
            "is was has had also now just never who"
        ):
            return True
        return any(verb.form in {"third", "past"} for verb in self._lexicon.verbs.get(following, ()))

    def _opens_sentence(self, i: int) -> bool:
        return i == 0 or self._tokens[i - 1].text in OPENING_MARKS

    def _capitalised_mention(self, i: int) -> Mention | None:
        start, end = i, self._run_end(i)
        while start < end and self._never_a_name(start, end):
            start += 1
        while (
            end > start + 1 and self._lowers[end - 1] in CALENDAR and self._lowers[start] not in self._lexicon.genders
        ):
            end -= 1
        if start >= end or (
            end - start == 1 and len(self._tokens[start].text) == 1 and self._tokens[start].text.isascii()
        ):
            return None
        return self._typed(start, end)

    def _never_a_name(self, i: int, end: int) -> bool:
        lower, lexicon = self._lowers[i], self._lexicon
        if lower in CALENDAR and i > 0 and self._lowers[i - 1] in TIES:
            return lower not in lexicon.genders
        if lower in CALENDAR:
            return not (end - i > 1 and lower in lexicon.genders and self._lowers[i + 1] not in CALENDAR)
        if end - i > 1 and self._is_organization(i, end):
            return False
        if lower in lexicon.occupations and lower not in lexicon.genders and end - i == 1:
            return True
        origin = lower in lexicon.nationalities or lower in lexicon.languages or lower in lexicon.religions
        return origin or lower in ACRONYMS or lower in FAMILY_NAMES or lower in TIES

    def _run_end(self, i: int) -> int:
        """Where the run of capitalised words that begins at `i` ends."""
        end = i + 1
        while end < min(len(self._tokens), i + LONGEST_NAME):
            token = self._tokens[end]
            if token.kind == "word" and token.capitalised and self._lowers[end] not in NO_NAMES:
                end += 1
            elif self._joins(end):
                end += 2
            elif token.kind == "number" and self._numbered(i, end):
                return end + 1
            else:
                break
        return end

    def _joins(self, at: int) -> bool:
        """Whether a small word goes on with the name: `van` in van der Berg, `of` in University of Ibadan."""
        if at + 1 >= len(self._tokens):
            return False
        word, before, after = self._lowers[at], self._lowers[at - 1], self._lowers[at + 1]
        if word in PARTICLES and after in PARTICLES:
            return at + 2 < len(self._tokens) and self._tokens[at + 2].capitalised
        if not self._tokens[at + 1].capitalised or self._tokens[at + 1].kind != "word" or after == "i":
            return False
        if word == "'s":
            return after in OWN_PLACES
        return word in PARTICLES or (word == "of" and before in BEFORE_OF)

    def _numbered(self, i: int, at: int) -> bool:
        return " ".join(self._lowers[i : at + 1]) in self._lexicon.things or self._lowers[i] in NUMBERED

    def _is_organization(self, start: int, end: int) -> bool:
        lexicon = self._lexicon
        if " ".join(self._lowers[start:end]) in lexicon.organizations:
            return True
        opens = self._lowers[start] in lexicon.organization_starts
        return end - start > 1 and (opens or self._lowers[end - 1] in lexicon.organization_endings)

    def _typed(self, start: int, end: int) -> Mention:
        first = self._lowers[start]
        if first in TITLES and end - start > 1:
            return self._titled(start, end)
        kind = self._type(start, end)
        gender = self._lexicon.genders.get(first, "") if kind == "Person" else ""
        return Mention(start, end, self._slice(start, end), kind, gender)

    def _titled(self, start: int, end: int) -> Mention:
        """The title stays with a surname alone (`Dr. Chen`) and leaves a full name (`Amara Okafor`)."""
        first, single = self._lowers[start], end - start == len(("title", "surname"))
        full, bare = self._slice(start, end), self._slice(start + 1, end)
        gender = GENDERS_OF_TITLES.get(first) or self._lexicon.genders.get(self._lowers[start + 1], "")
        title = self._tokens[start].text if first in LEARNED_TITLES else None
        return Mention(start, end, full if single else bare, "Person", gender, title, full)

    def _type(self, start: int, end: int) -> EntityType | None:
        phrase = " ".join(self._lowers[start:end])
        lexicon, several = self._lexicon, end - start > 1
        given = self._lowers[start] in lexicon.genders and (several or start == 0 or self._lowers[start - 1] != "the")
        kinds: tuple[tuple[bool, EntityType], ...] = (
            (self._is_organization(start, end) and phrase not in lexicon.places, "Organization"),
            (phrase in lexicon.things or (several and self._lowers[start] in NAMING_THINGS), "Thing"),
            (phrase in lexicon.places, "Place"),
            (
                several and (self._lowers[end - 1] in lexicon.place_endings or self._lowers[start] in PLACE_STARTS),
                "Place",
            ),
            (given, "Person"),
            (several and self._lowers[start] in lexicon.things, "Thing"),
            (several and bool(lexicon.organizations.length_at(self._lowers, start, end)), "Thing"),
        )
        return next((kind for applies, kind in kinds if applies), None)

    def _lower_case_mention(self, i: int) -> Mention | None:
        """Without capitals only names that mean nothing else are taken from the lists."""
        lexicon, lowers = self._lexicon, self._lowers
        listed: tuple[tuple[int, EntityType], ...] = (
            (lexicon.places.length_at(lowers, i, len(lowers)), "Place"),
            (lexicon.organizations.length_at(lowers, i, len(lowers)), "Organization"),
            (lexicon.things.length_at(lowers, i, len(lowers)), "Thing"),
        )
        length, kind = max(listed, key=lambda item: item[0])
        phrase = " ".join(lowers[i : i + length])
        if length and phrase not in lexicon.names_of_many_things and phrase not in lexicon.common:
            return Mention(i, i + length, self._slice(i, i + length), kind)
        ordinary = (
            lowers[i] in lexicon.names_that_are_words or lowers[i] in lexicon.common or lowers[i] in lexicon.verbs
        )
        if lowers[i] in lexicon.genders and not ordinary:
            return Mention(i, i + 1, self._slice(i, i + 1), "Person", lexicon.genders[lowers[i]])
        return None

    def _slice(self, start: int, end: int) -> str:
        return self._text[self._tokens[start].start : self._tokens[end - 1].end]


def is_caseless(tokens: Sequence[Token]) -> bool:
    """Whether the capitals say nothing: no capital but I, or nothing but capitals."""
    letters = [token for token in tokens if token.kind == "word" and token.lower not in {"i", "am", "'s"}]
    if not letters:
        return False
    shouted = (
        all(token.text.isupper() for token in letters) and sum(len(token.text) for token in letters) > LONGEST_NAME
    )
    return shouted or not any(token.capitalised for token in letters)
