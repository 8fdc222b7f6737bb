"""Who a clause is about: its subject phrase, taken apart into people and things."""

from collections.abc import Sequence
from dataclasses import replace

from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.findings import Findings
from server.memory.extraction.heuristic.line import Line, Span
from server.memory.extraction.heuristic.nouns import NounReader, Referent
from server.memory.extraction.heuristic.times import Time
from server.memory.extraction.heuristic.words import ADVERBS, PREPOSITIONS, words

OPENERS = ADVERBS | words("hey hi hello well ok okay oh neither either both yes no yeah sorry lol one all none each")
JOINERS = words("and & nor or")
PARTS = words("one some none few each most many several half")
PRONOUNS = words("i we he she they")


def subjects(
    line: Line, span: Span, times: Sequence[Time], nouns: NounReader, findings: Findings
) -> tuple[Referent, ...]:
    """The referents of a subject phrase: one, or several joined by and; names in apposition are put in place."""
    last = line.word(span[1] - 1)
    if last in PRONOUNS and span[1] - span[0] > 1 and line.word(span[1] - 2) not in JOINERS:
        return (nouns.phrase(line, (span[1] - 1, span[1]), findings),)
    found: list[Referent] = []
    i = _behind_lead(line, span, times, nouns, findings)
    part_of = line.word(i) == "of" and line.word(i - 1) in PARTS
    if part_of or (line.word(i).endswith("ing") and line.mention(i) is None):
        return ()
    while i < span[1]:
        word = line.word(i)
        if word in JOINERS or line.tokens[i].kind == "mark" or word in OPENERS:
            i += 1
            continue
        if word in PREPOSITIONS and word != "of":
            break
        referent = nouns.phrase(line, (i + (word == "of"), span[1]), findings)
        listed = len(found) == 1 and found[0].tied is not None and found[0].tied.tie.plural
        if not found or listed or _joined(line, i, span):
            found.append(referent)
            if referent.tied is None and referent.mention is not None and referent.mention.type == "Person":
                nouns.people.speak_of(EntityRef("Person", referent.mention.name), referent.mention.gender)
        else:
            found[-1] = _in_apposition(found[-1], referent, nouns)
        if referent.end <= i:
            break
        i = referent.end
    return _named_one_by_one(found)


def _named_one_by_one(found: Sequence[Referent]) -> tuple[Referent, ...]:
    """`my kids, Leo and Mia`: each name is one of the tie."""
    first, rest = found[:1], found[1:]
    tied = first[0].tied if first and first[0].mention is None else None
    if tied is None or not tied.tie.plural or not rest or any(other.mention is None or other.tied for other in rest):
        return tuple(found)
    single = replace(tied, tie=replace(tied.tie, plural=False))
    return tuple(Referent(tied=single, mention=other.mention, end=other.end) for other in rest)


def _joined(line: Line, i: int, span: Span) -> bool:
    """Whether a phrase is one more subject, rather than a second name for the one before."""
    before = line.word(i - 1)
    return before in JOINERS or (before == "," and any(line.word(k) in JOINERS for k in range(i, span[1])))


def _in_apposition(first: Referent, second: Referent, nouns: NounReader) -> Referent:
    """`my mother, Sunita`, `Sarah, my sister`, `my horse, Saga`: the name goes to the tie or the animal."""
    if second.tied is not None and second.mention is None and first.mention is not None and first.tied is None:
        return replace(second, mention=first.mention)
    if second.mention is None:
        return first
    if first.tied is not None and first.mention is None:
        return replace(first, mention=second.mention, end=second.end)
    if first.noun and first.mention is None:
        return replace(first, mention=second.mention, end=second.end) if nouns.is_animal(first.noun) else second
    return first


def _behind_lead(line: Line, span: Span, times: Sequence[Time], nouns: NounReader, findings: Findings) -> int:
    """Where the subject itself begins, behind `In 2015` or `Besides English`."""
    ends = {time.span[0]: time.span[1] for time in times}
    i = span[0]
    while i < span[1]:
        if i in ends:
            i = ends[i]
        elif line.word(i) in PREPOSITIONS - {"of"} and line.mention(i) is None:
            i = max(nouns.phrase(line, (i + 1, span[1]), findings).end, i + 1)
        elif line.tokens[i].kind == "mark" or (line.word(i) in OPENERS and i + 1 < span[1]):
            i += 1
        else:
            break
    return i
