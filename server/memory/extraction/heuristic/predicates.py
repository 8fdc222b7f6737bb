"""Finding the verb of a clause and reading its helpers: tense, negation, voice, mood."""

from dataclasses import dataclass, replace

from server.core.vocabulary.slots import key_of_noun
from server.memory.extraction.heuristic.lexicon import Lexicon
from server.memory.extraction.heuristic.line import Line
from server.memory.extraction.heuristic.words import (
    ADVERBS,
    BE,
    DETERMINERS,
    DO,
    FREQUENCY,
    HAVE,
    MODALS,
    PAST_AUXILIARIES,
    POSSESSIVES,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
    words,
)

PLURAL_PRONOUNS = words("i we you they who that which these those")
STANDING_ALONE = words("this that these those all both")
TAKES_IS = words("he she it that there here what where who this everyone which")
ASKED_NOUNS = words("name birthday role age hometown")
IRREGULAR_PLURALS = words("children people folks parents men women wives grandchildren")
STATES = words("allergic married born single engaged divorced retired pregnant afraid good based from moving")
AMBIGUOUS_PASTS = words("read put let set cut quit split shut cost hit")
FARTHEST_SUBJECT = 8
CHATTED_VERBS = words("live work love hate")


@dataclass(frozen=True, slots=True)
class Predicate:
    """A verb with its helpers, from token `start` up to `end`."""

    start: int
    end: int
    lemma: str = ""
    form: str = ""
    negated: bool = False
    passive: bool = False
    progressive: bool = False
    perfect: bool = False
    past: bool = False
    future: bool = False
    modal: str = ""
    used_to: bool = False
    ended: bool = False
    frequency: str = ""
    helper: str = ""
    """The last helper verb read: be, have, do, or another that a base form follows."""

    @property
    def over(self) -> bool:
        """Whether it speaks of what held once, with a simple past."""
        return self.past and not (self.perfect or self.used_to)


STOPPING = words("stop quit cease")
STATES_ENDED = words("like love enjoy hate work live use take teach play")
"""What is told as a state or an occupation, so that ending it ends that."""


class PredicateFinder:
    """Reads predicates off the tokens of a sentence."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._verbs = lexicon.verbs
        self._lexicon = lexicon

    def first(self, line: Line, start: int, end: int, *, inherits: bool, plural: bool = False) -> Predicate | None:
        """The first finite predicate in a range; at its very start only where a subject is inherited."""
        for i in range(start, end):
            if line.tokens[i].kind != "word" or (line.mention(i) is not None and line.word(i) != "'s"):
                continue
            if self._opens(line, i, start, end, inherits=inherits, plural=plural):
                found = self.at(line, i, end)
                if found is not None:
                    return self._with_adverbs_before(line, found, start)
        return None

    def at(self, line: Line, i: int, end: int) -> Predicate | None:
        """The predicate whose first word is at `i`."""
        found = Predicate(i, i)
        while found.end < end:
            step = self._adverbial(line, found) or self._helper(line, found, end)
            if step is None:
                return self._main(line, found)
            found = step
        return found if found.lemma else None

    def implied_subject(self, line: Line, start: int, end: int) -> Predicate | None:
        """A sentence that begins with its verb, as people write in chats: `moved to Berlin last week`."""
        i = self._skip_adverbs(line, start, end)
        if line.mention(i) is not None:
            return None
        readings, following = self._readings(line.word(i)), line.word(i + 1)
        if "past" in readings and line.word(i) not in AMBIGUOUS_PASTS:
            return Predicate(i, i + 1, readings["past"], "past", past=True)
        if "ing" in readings and following in {"at", "for", "in", "as", "on", "to", "with"}:
            return Predicate(i, i + 1, readings["ing"], "ing", progressive=True)
        if readings.get("base") in CHATTED_VERBS and following in {"at", "in", "for", "as"}:
            return Predicate(i, i + 1, readings["base"], "base")
        return None

    def stopped(self, line: Line, found: Predicate) -> Predicate:
        """`stopped liking`, `quit working`: the state behind it is what no longer holds; any other stays as it is."""
        if found.lemma not in STOPPING or found.negated or not (found.past or found.perfect):
            return found
        lemma = self._readings(line.word(found.end)).get("ing", "")
        if lemma not in STATES_ENDED:
            return found
        return replace(
            found, end=found.end + 1, lemma=lemma, form="base", past=False, perfect=False, negated=True, ended=True
        )

    def _adverbial(self, line: Line, found: Predicate) -> Predicate | None:
        """Past a negation or an adverb; None when the next word is neither."""
        j, word = found.end, line.word(found.end)
        if word in {"not", "never"}:
            frequency = "never" if word == "never" else found.frequency
            return replace(found, end=j + 1, negated=True, frequency=frequency)
        if word == "no" and line.word(j + 1) == "longer":
            return replace(found, end=j + 2, negated=True, ended=True)
        if word in ADVERBS and line.word(j + 1) not in {"of", "in"}:
            return replace(found, end=j + 1, frequency=word if word in FREQUENCY else found.frequency)
        return None

    def _helper(self, line: Line, found: Predicate, end: int) -> Predicate | None:
        """Past an auxiliary; None when the next word is none, or is the main verb itself."""
        j, word = found.end, line.word(found.end)
        following = line.word(self._skip_adverbs(line, j + 1, end))
        after_be = found.helper == "be"
        if word in MODALS and not found.lemma:
            return replace(found, end=j + 1, modal=word, future=word in {"will", "shall"}, helper="modal")
        if word == "'s" and j == found.start and following in {"been", "got"}:
            return replace(found, end=j + 1, perfect=True, helper="have")
        if word in BE or (word == "'s" and j == found.start):
            return replace(found, end=j + 1, lemma="be", past=found.past or word in PAST_AUXILIARIES, helper="be")
        if after_be:
            going = word == "going" and line.word(j + 1) == "to" and self._is(line.word(j + 2), "base", "be")
            return replace(found, end=j + 2, future=True, lemma="", helper="to") if going else None
        return self._have_or_do(line, found, following, end)

    def _have_or_do(self, line: Line, found: Predicate, following: str, end: int) -> Predicate | None:
        j, word = found.end, line.word(found.end)
        if word in HAVE and following == "got":
            return replace(found, end=self._skip_adverbs(line, j + 1, end) + 1, lemma="have", helper="got")
        if word in HAVE and found.helper != "have" and self._is(following, "participle", "been"):
            return replace(found, end=j + 1, perfect=True, past=found.past or word == "had", helper="have")
        if word in DO and found.helper != "do" and self._is(following, "base"):
            return replace(found, end=j + 1, past=found.past or word == "did", helper="do")
        if word == "used" and line.word(j + 1) == "to":
            return replace(found, end=j + 2, used_to=True, past=True, helper="to")
        return None

    def _main(self, line: Line, found: Predicate) -> Predicate | None:
        word = line.word(found.end)
        readings = {} if line.mention(found.end) is not None else self._readings(word)
        if found.helper == "got":
            return found
        if found.helper == "be":
            return self._after_be(line, found, readings)
        wanted = {"have": ("participle",), "": ("third", "past", "base")}.get(found.helper, ("base",))
        form = next((form for form in wanted if form in readings), None)
        if form is None:
            return found if found.lemma else None
        if readings[form] == "get" and not found.helper and self._is(line.word(found.end + 1), "participle"):
            return self._got(line, found, past=form == "past")
        past = found.past or form == "past"
        return replace(found, end=found.end + 1, lemma=readings[form], form=form, past=past)

    def _after_be(self, line: Line, found: Predicate, readings: dict[str, str]) -> Predicate:
        word = line.word(found.end)
        if "ing" in readings:
            return replace(found, end=found.end + 1, lemma=readings["ing"], form="ing", progressive=True)
        if "participle" in readings:
            return replace(found, end=found.end + 1, lemma=readings["participle"], form="participle", passive=True)
        unknown = word.endswith("ing") and word not in self._lexicon.common and line.mention(found.end) is None
        if unknown:
            return replace(found, end=found.end + 1, lemma=word, form="ing", progressive=True)
        return found

    def _got(self, line: Line, found: Predicate, *, past: bool) -> Predicate:
        """`got married`: a passive in all but name."""
        lemma = self._readings(line.word(found.end + 1))["participle"]
        return replace(found, end=found.end + 2, lemma=lemma, form="participle", passive=True, past=past or found.past)

    def _readings(self, word: str) -> dict[str, str]:
        return {verb.form: verb.lemma for verb in self._verbs.get(word, ())}

    def _is(self, word: str, *forms: str) -> bool:
        return word in forms or any(verb.form in forms for verb in self._verbs.get(word, ()))

    def _skip_adverbs(self, line: Line, i: int, end: int) -> int:
        while i < end and (line.word(i) in ADVERBS or line.word(i) == "not"):
            i += 1
        return i

    def _opens(self, line: Line, i: int, start: int, end: int, *, inherits: bool, plural: bool) -> bool:
        """Whether a finite predicate begins at `i`."""
        at = self._before(line, i, start)
        before = line.word(at) if at >= start else ""
        word = line.word(i)
        if not before and not inherits:
            return False
        if word == "'s":
            return self._verbal_s(line, i, end)
        if before in PREPOSITIONS | (DETERMINERS - STANDING_ALONE) | {"to", "'s"}:
            return False
        if word in BE - {"be", "been", "being"} or word in MODALS | DO | {"have", "has", "had"}:
            return True
        if word in {"used", "no"} and line.word(i + 1) in {"to", "longer"}:
            return True
        return self._full_verb(line, i, start, before, plural=plural)

    def _full_verb(self, line: Line, i: int, start: int, before: str, *, plural: bool) -> bool:
        forms = {verb.form for verb in self._verbs.get(line.word(i), ())}
        if not before:
            return bool(forms & {"base", "third", "past"})
        if "past" in forms or ("third" in forms and before not in PLURAL_PRONOUNS - {"who", "that", "which"}):
            return self._likely_verb(line, i)
        return "base" in forms and (plural or self._plural(line, start, i)) and self._likely_verb(line, i)

    def _before(self, line: Line, i: int, start: int) -> int:
        """The word before that is no adverb; below `start` when there is none."""
        j, first = i - 1, max(start, i - FARTHEST_SUBJECT)
        while j >= first and (line.word(j) in ADVERBS or line.word(j) == "not" or line.tokens[j].kind == "mark"):
            j -= 1
        return j

    def _likely_verb(self, line: Line, i: int) -> bool:
        """A noun that looks like a verb is followed by the real one: `my work plans are`."""
        following = line.word(i + 1)
        return following not in (BE - {"being", "been"}) | (MODALS - {"can"}) | {"'s"}

    def _plural(self, line: Line, start: int, i: int) -> bool:
        """Whether the subject before `i` takes a verb without -s."""
        last = self._before(line, i, start)
        word = line.word(last)
        if word in PLURAL_PRONOUNS:
            return True
        if word in SUBJECT_PRONOUNS:
            return False
        if any(line.word(k) in {"and", "&"} for k in range(start, last)):
            return True
        head = next((k - 1 for k in range(start + 1, last) if line.word(k) in PREPOSITIONS), last)
        return self._plural_noun(line, last) or (head != last and self._plural_noun(line, head))

    def _plural_noun(self, line: Line, i: int) -> bool:
        word = line.word(i)
        if line.mention(i) is not None or line.tokens[i].kind != "word":
            return False
        return word in IRREGULAR_PLURALS or (word.endswith("s") and not word.endswith(("ss", "us", "is", "'s")))

    def _verbal_s(self, line: Line, i: int, end: int) -> bool:
        """Whether 's is a verb (he's, my name's Otto) rather than a possessive (Otto's)."""
        if line.word(i - 1) in TAKES_IS:
            return True
        j = self._skip_adverbs(line, i + 1, end)
        if j >= end:
            return False
        following = line.word(j)
        if j > i + 1 or following in DETERMINERS | (PREPOSITIONS - {"like"}) or line.tokens[j].kind == "number":
            return True
        if key_of_noun((line.word(i - 1),)) in ASKED_NOUNS and following != "day":
            return line.mention(j) is not None or line.word(i - 2) in POSSESSIVES
        if self._is(following, "ing", "been"):
            return self.first(line, j + 1, end, inherits=False) is None
        lexicon = self._lexicon
        state = following in lexicon.diets or following in lexicon.health_states or following in STATES
        return state and self.first(line, j + 1, end, inherits=False) is None

    def _with_adverbs_before(self, line: Line, found: Predicate, start: int) -> Predicate:
        for j in range(self._before(line, found.start, start) + 1, found.start):
            word = line.word(j)
            if word in FREQUENCY:
                found = replace(found, frequency=word, negated=found.negated or word == "never")
        return found
