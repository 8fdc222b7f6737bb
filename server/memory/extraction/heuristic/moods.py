"""How far a clause is meant: stated, hedged, heard from others, or not meant at all."""

from dataclasses import dataclass
from typing import Literal

from server.memory.extraction.heuristic import wordings
from server.memory.extraction.heuristic.clauses import Clause
from server.memory.extraction.heuristic.line import Line
from server.memory.extraction.heuristic.words import ADVERBS, words

Stance = Literal["stated", "hedged", "hearsay", "unmeant"]


@dataclass(frozen=True, slots=True)
class Mood:
    """`reason` says in words why something is not simply stated."""

    stance: Stance = "stated"
    reason: str = ""


STATED = Mood()
UNMEANT = Mood("unmeant")

HEDGES = words("maybe perhaps possibly probably likely presumably mayb prolly")
HEARSAY_ADVERBS = words("apparently reportedly allegedly supposedly")
THINKING = words("think believe guess suppose suspect assume reckon bet doubt figure")
HEARING = words("hear read gather understand")
SAYING = words("say tell claim mention think believe report announce insist suggest hint text write promise hear swear")
WISHING = words("wish hope wonder pretend imagine dream fantasise fantasize ask joke")
KNOWING = words("know mean remember mention say swear realise realize note forget confirm promise tell")

UNKNOWING = words("know remember recall")
OPINIONS = words("guess hunch feeling suspicion impression understanding theory bet assumption")
SUBORDINATING = words("if unless when until till before after once how why")
UNMEANT_WORDINGS = (wordings.UNMEANT_OPENING, wordings.UNMEANT_ANYWHERE, wordings.SARCASM)


def stated_from(line: Line) -> int:
    """Where the statement begins, behind `remember that` or `just so you know`."""
    joined = " ".join(line.lowers)
    match = wordings.TELLING.match(joined) or wordings.STATED.match(joined)
    return len(match.group().split()) if match else 0


def tells(line: Line) -> bool:
    """Whether a question only leads up to a statement: did you know that."""
    return bool(wordings.TELLING.match(" ".join(line.lowers)))


def takes_back(sentence: str) -> bool:
    """Whether a sentence takes back the one before it: just kidding."""
    return bool(wordings.TAKING_BACK.match(sentence.strip().lower()[:60]))


def unmeant(line: Line) -> bool:
    """Whether a sentence is a wish, a fiction, a joke or sarcasm."""
    joined = " ".join(line.lowers)
    return any(pattern.search(joined) for pattern in UNMEANT_WORDINGS)


def of_sentence(line: Line) -> tuple[int, Mood]:
    """The mood that a sentence takes on somewhere, with the position from which it holds."""
    joined = " ".join(line.lowers)
    heard = wordings.HEARSAY.search(joined)
    if heard:
        return _position(joined, heard.start()), Mood("hearsay", f"told as hearsay ({heard.group()})")
    adverb = next((i for i, word in enumerate(line.lowers) if word in HEARSAY_ADVERBS), None)
    if adverb is not None:
        return adverb, Mood("hearsay", f"told as hearsay ({line.word(adverb)})")
    hedge = wordings.HEDGING.search(joined)
    if hedge:
        return _position(joined, hedge.start()), Mood("hedged", f"hedged ({hedge.group()})")
    return 0, STATED


def _position(joined: str, at: int) -> int:
    return joined.count(" ", 0, at)


def of_clause(clause: Clause) -> Mood:
    """The mood a clause has by its own words."""
    line, predicate = clause.line, clause.predicate
    failed = predicate.lemma != "be" and {"almost", "nearly"} & set(line.words((predicate.start - 1, predicate.end)))
    asked = "whether" in line.words((min(clause.lead[0], clause.start), predicate.start))
    if asked or failed or clause.connector in SUBORDINATING or predicate.modal in {"would", "should", "must", "shall"}:
        return UNMEANT
    hedge = predicate.modal if predicate.modal in {"might", "may", "could"} else _hedge(line, clause)
    return Mood("hedged", f"hedged ({hedge})") if hedge else STATED


def _hedge(line: Line, clause: Clause) -> str:
    start = clause.lead[0] if clause.lead[0] < clause.lead[1] else clause.start
    while line.word(start - 1) in ADVERBS:
        start -= 1
    return next(
        (line.word(i) for i in range(start, clause.rest[1]) if line.word(i) in HEDGES and not line.mention(i)), ""
    )


def of_attitude(clause: Clause, *, by_user: bool) -> Mood | None:
    """The mood that `I think`, `Bob says` and the like give what follows; None for any other clause."""
    lemma = clause.predicate.lemma
    if lemma == "be":
        return _of_being(clause, by_user=by_user)
    return _of_own_verb(clause, lemma) if by_user else _of_others_verb(clause, lemma)


def _of_own_verb(clause: Clause, lemma: str) -> Mood | None:
    if clause.predicate.negated and lemma in UNKNOWING:
        return Mood("hedged", "the speaker does not know")
    if clause.predicate.negated and lemma in SAYING - THINKING - HEARING:
        return UNMEANT
    if lemma in THINKING:
        return Mood("hedged", f"hedged ({lemma})")
    if lemma in HEARING:
        return Mood("hearsay", f"told as hearsay ({lemma})")
    if lemma in WISHING:
        return UNMEANT
    return STATED if lemma in KNOWING else None


def _of_others_verb(clause: Clause, lemma: str) -> Mood | None:
    line = clause.line
    if lemma in SAYING and clause.has_subject and line.word(clause.subject[0]) == "whoever":
        return UNMEANT
    if lemma in SAYING and line.word(clause.rest[0]) != "to":
        return Mood("hearsay", f"told as hearsay ({line.raw((clause.start, clause.predicate.end))})")
    return UNMEANT if lemma in WISHING else None


def _of_being(clause: Clause, *, by_user: bool) -> Mood | None:
    """`I'm not sure whether`, `it's possible that`, `my guess is that`, `the thing is`."""
    line = clause.line
    opening = line.words((clause.rest[0], min(clause.rest[0] + 4, clause.rest[1])))
    noun = line.word(clause.subject[1] - 1) if clause.has_subject else ""
    if noun in OPINIONS or (noun == "it" and set(opening[:1]) & {"possible", "likely", "probable", "conceivable"}):
        return Mood("hedged", f"hedged ({noun if noun in OPINIONS else opening[0]})")
    if noun in {"thing", "truth", "fact", "point", "reason"} and opening[:1] == ("that",):
        return STATED
    if by_user and set(opening) & {"sure", "certain", "positive"}:
        firm = not clause.predicate.negated and opening[0] in {"absolutely", "sure", "certain", "completely", "totally"}
        return STATED if firm else Mood("hedged", "the speaker is not sure")
    return None
