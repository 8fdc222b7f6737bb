"""Telling whether words name a place, and how much of them."""

from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.words import PAUSES, words

WITHIN = words("near outside around of between")
DWELLINGS = words(
    "house flat apartment condo cottage cabin farm farmhouse village town city suburb suburbs countryside country "
    "district neighbourhood neighborhood studio loft van boat houseboat dorm hostel mansion bungalow townhouse center "
    "centre downtown area region province state county island coast mountains outskirts commune trailer home"
)
DIRECTIONS = words(
    "northern southern eastern western north south east west central downtown rural upstate greater old sunny rainy "
    "beautiful lovely little small big"
)
NO_PLACES = words(
    "fear peace hope poverty sin denial touch love trouble debt pain shock bed hurry way general particular fact "
    "advance past future present mood middle charge meeting meetings class tears town work hospital person it them "
    "that this there here gym office moment dreams sports finance tech retail sales marketing"
)
SHORTEST_SMALL_NAME = 4
ABSTRACT_ENDINGS = ("ing", "ly", "ness", "ment", "tion", "ance", "ence", "s", "ty", "ism")


def place(reading: Reading, span: Span) -> str | None:
    """The value of a place, with what tells it more exactly; None when the words name no place."""
    line = reading.line
    stop = _end(reading, span)
    start = line.trimmed((span[0], stop))[0]
    opening = next((mention for mention in reading.mentions((start, stop)) if mention.type != "Person"), None)
    if opening is not None and _leads_to(reading, (start, opening.start)):
        if opening.type in {"Place", None} and not line.word(start)[:1].isdigit():
            reading.entity(opening, "Place")
        return line.value((span[0], stop))
    described = line.words((start, stop))
    if opening is None and set(described) & DWELLINGS and not set(described) & {"my", "office", "work", "at"}:
        return line.value((span[0], stop))
    return _in_small_letters(reading, span)


def _leads_to(reading: Reading, span: Span) -> bool:
    """Whether what stands in front of a name only describes the place: 221B, the old town of."""
    front = reading.line.words(span)
    numbered = bool(front) and front[0][:1].isdigit()
    return not front or numbered or bool(set(front) & (DWELLINGS | DIRECTIONS))


def _end(reading: Reading, span: Span) -> int:
    """A place goes on over `near Kraków` and `, Ghana`, and stops at other phrases and marks."""
    line, end = reading.line, reading.with_following(span, *WITHIN)[1]
    i = span[0]
    while i < end:
        if line.mention(i) is None:
            if line.word(i) == "," and _is_wider(reading, i + 1):
                i = max(i + 1, _mention_end(reading, i + 1))
                end = max(end, i)
                continue
            if line.word(i) in PAUSES or line.word(i) in {"and", "or", "but", "when", "because", "to", "where"}:
                return i
        i += 1
    return end


def _is_wider(reading: Reading, i: int) -> bool:
    """`Ghana` of `Accra, Ghana`: a place that closes the phrase."""
    mention = reading.line.mention_from(i)
    if mention is None or mention.type not in {"Place", None}:
        return False
    return mention.end >= reading.whole[1] or reading.line.tokens[mention.end].kind == "mark"


def _mention_end(reading: Reading, i: int) -> int:
    mention = reading.line.mention_from(i)
    return i if mention is None else mention.end


def _in_small_letters(reading: Reading, span: Span) -> str | None:
    """A place written small, by the list or because it can be nothing else."""
    line, lexicon = reading.line, reading.lexicon
    start, end = line.trimmed(reading.head(span))
    length = lexicon.places.length_at(line.lowers, start, end)
    if length:
        name = line.raw((start, start + length))
        reading.findings.entity(EntityRef("Place", name))
        return name
    word = line.word(start)
    alone = end - start == 1 and line.tokens[start].kind == "word" and line.mention(start) is None
    if not alone or not line.caseless or reading.introduced_by_article(span) or len(word) < SHORTEST_SMALL_NAME:
        return None
    taken = word in lexicon.common | NO_PLACES or word in lexicon.verbs or word in lexicon.occupations
    return None if taken or word.endswith(ABSTRACT_ENDINGS) else line.raw((start, end))


def names_place(reading: Reading, span: Span) -> bool:
    """Whether a span begins with the name of a place, or one that may be."""
    start, end = reading.line.trimmed(span)
    mention = reading.line.mention_from(start)
    if mention is not None:
        return mention.type in {"Place", None}
    return bool(reading.lexicon.places.length_at(reading.line.lowers, start, end))
