"""Typed questions: whom they ask about, and which key or tie answers them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from server.core.vocabulary.keys import FAVOURITE, KEYS
from server.core.vocabulary.slots import key_of_noun
from server.core.vocabulary.ties import FAMILY_NAMES, TIES

LONGEST_QUESTION = 200
LONGEST_SUBJECT = 8

_OPENINGS = (
    "so|and|ok|okay|hey|hi|please|btw|by the way|then|well|remind me|tell me|do you know|do you remember",
    "can you tell me|could you tell me",
)
_OPENING = re.compile(rf"^(?:(?:{'|'.join(_OPENINGS)})[, ]+)+", re.IGNORECASE)
_BE = r"(?: (?:is|are|was|were|am)|['\u2019]s)"
_DO = r"(?:does|do|did)"
_SUBJECT = r"(?P<subject>.+?)"
_TEMPLATES: tuple[tuple[str, str], ...] = (
    (rf"where {_DO} {_SUBJECT} (?:live|reside|stay)(?: now| currently| these days)?", "location"),
    (rf"where{_BE} {_SUBJECT} (?:living|based|located|headquartered|staying)(?: now| currently)?", "location"),
    (rf"where {_DO} {_SUBJECT} work(?: now| currently| at)?", "employer"),
    (rf"where{_BE} {_SUBJECT} working(?: now| currently)?", "employer"),
    (rf"(?:who|whom|which company|what company) {_DO} {_SUBJECT} work (?:for|at)(?: now)?", "employer"),
    (rf"where{_BE} {_SUBJECT} (?:originally )?from", "hometown"),
    (rf"where {_DO} {_SUBJECT} come from", "hometown"),
    (rf"where did {_SUBJECT} grow up", "hometown"),
    (rf"where{_BE} {_SUBJECT} born", "birthplace"),
    (rf"when{_BE} {_SUBJECT} born", "birthday"),
    (rf"where {_DO} {_SUBJECT} (?:study|go to school|go to university|go to college)", "school"),
    (rf"what {_DO} {_SUBJECT} study", "field_of_study"),
    (rf"what{_BE} {_SUBJECT} studying", "field_of_study"),
    (rf"how old{_BE} {_SUBJECT}", "age"),
    (rf"how tall{_BE} {_SUBJECT}", "height"),
    (rf"how much {_DO} {_SUBJECT} (?:earn|make)", "salary"),
    (rf"how (?:can|do) i (?:reach|call|phone) {_SUBJECT}", "phone"),
    (rf"what {_DO} {_SUBJECT} do(?: for a living| for work)?", "role"),
    (rf"what (?:kind of )?(?:car|vehicle) {_DO} {_SUBJECT} (?:drive|have|own)", "owns"),
    (rf"what (?:pet|pets|animal|animals) {_DO} {_SUBJECT} have", "pet"),
    (rf"(?:what|which) languages? (?:{_DO}|can) {_SUBJECT} speak", "language"),
    (rf"what{_BE} {_SUBJECT} allergic to", "allergy"),
    (rf"what (?:medication|medications|medicine|meds) {_DO} {_SUBJECT} take", "medication"),
    (rf"what {_DO} {_SUBJECT} (?:like|love|enjoy)(?: to do)?", "likes"),
    (rf"what {_DO} {_SUBJECT} (?:hate|dislike)", "dislikes"),
    (rf"what (?:doesn't|don't) {_SUBJECT} like", "dislikes"),
    (rf"what {_DO} {_SUBJECT} prefer", "prefers"),
    (rf"what {_DO} {_SUBJECT} own", "owns"),
    (rf"what{_BE} {_SUBJECT} afraid of", "fear"),
    (rf"what{_BE} {_SUBJECT} working on", "project"),
    (rf"what{_BE} {_SUBJECT} learning", "learning"),
    (rf"(?:who|what) {_DO} {_SUBJECT} bank with", "bank"),
    (rf"when{_BE} {_SUBJECT} due", "deadline"),
    (rf"how many (?:kids|children) {_DO} {_SUBJECT} have", "children"),
)
_MARRIED = re.compile(rf"who{_BE} {_SUBJECT} married to", re.IGNORECASE)
_PATTERNS = tuple((re.compile(template, re.IGNORECASE), key) for template, key in _TEMPLATES)
_WHAT_IS = re.compile(rf"(?:what|who|when|where|which|whose){_BE} (?P<asked>.+)", re.IGNORECASE)
_NOUN_OF = re.compile(r"(?:the )?(?P<noun>[\w -]+?) (?:of|for) (?P<subject>.+)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['\u2019]s? ")
_SELF = frozenset({"i", "me", "we", "us", "you"})
_OWN = re.compile(r"(?:my|our) ", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:the|a|an) ", re.IGNORECASE)
_UNTYPED = frozenset({"he", "she", "they", "it", "this", "that", "there", "everyone", "someone", "anyone", "people"})


@dataclass(frozen=True, slots=True)
class TypedQuestion:
    """What a question asks for.

    `subject` is a name, None for the user who asks; `ties` lead on from there (my sister's husband: sister, husband).
    `key` is the attribute asked for, None when it is who stands at the end of the ties.
    """

    subject: str | None
    ties: tuple[str, ...] = ()
    key: str | None = None


def parse_question(text: str) -> TypedQuestion | None:
    """The typed form of a question; None for any that needs more than one key of one entity."""
    question = " ".join(text.split())
    if len(question) > LONGEST_QUESTION:
        return None
    question = _OPENING.sub("", question.rstrip("?!. "))
    for pattern, key in _PATTERNS:
        match = pattern.fullmatch(question)
        if match:
            return _about(match["subject"], key)
    match = _MARRIED.fullmatch(question)
    if match:
        married = _about(match["subject"], None)
        return TypedQuestion(married.subject, (*married.ties, "spouse")) if married else None
    match = _WHAT_IS.fullmatch(question)
    return _asked(match["asked"]) if match else None


def _asked(asked: str) -> TypedQuestion | None:
    """`what is X's Y`, `who is my manager`, `what is the name of my dentist`."""
    parts = _POSSESSIVE.split(asked)
    owner, nouns = _owner(parts)
    if nouns:
        return _ending_in(owner, nouns)
    match = _NOUN_OF.fullmatch(asked)
    if match is None:
        return None
    noun, inner = match["noun"].lower(), _about(match["subject"], None)
    if inner is None:
        return None
    tie = TIES.get(noun)
    if noun == "name":
        return inner if inner.ties else None
    if tie is not None:
        return TypedQuestion(inner.subject, (*inner.ties, tie.label))
    key = key_of_noun(noun.split())
    return TypedQuestion(inner.subject, inner.ties, key) if key else None


def _owner(parts: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """Who owns the first noun, and the nouns one behind the other; without nouns it is no possessive."""
    first = parts[0]
    own = _OWN.match(first)
    if own:
        return None, (first[own.end() :], *parts[1:])
    if first.lower() in FAMILY_NAMES and len(parts) > 1:
        return None, parts
    return _without_article(first), parts[1:]


def _ending_in(owner: str | None, nouns: Sequence[str]) -> TypedQuestion | None:
    """Ties all the way, or up to a noun that asks for a value."""
    if owner is not None and not _is_name(owner):
        return None
    ties: list[str] = []
    for noun in nouns[:-1]:
        tie = _tie(noun)
        if tie is None:
            return None
        ties.append(tie)
    last = nouns[-1].lower()
    tie = _tie(last)
    if tie is not None:
        return TypedQuestion(owner, (*ties, tie))
    key = key_of_noun(last.split())
    if key == "name" and ties:
        return TypedQuestion(owner, tuple(ties))
    return TypedQuestion(owner, tuple(ties), key) if key in KEYS or (key or "").startswith(FAVOURITE) else None


def _tie(noun: str) -> str | None:
    """The label of `best friend` and `older brother`: adjectives in front say nothing about the tie."""
    words = noun.lower().split()
    for start in range(len(words)):
        tie = TIES.get(" ".join(words[start:]))
        if tie is not None:
            return tie.label
    return None


def _about(subject: str, key: str | None) -> TypedQuestion | None:
    """The subject of a template: the user, a name, or a tie of either."""
    words = subject.lower().split()
    if not words or len(words) > LONGEST_SUBJECT or words[0] in _UNTYPED or "and" in words:
        return None
    if subject.lower() in _SELF:
        return TypedQuestion(None, (), key)
    parts = _POSSESSIVE.split(subject)
    owner, nouns = _owner(parts)
    if not nouns:
        family = TIES[words[0]].label if len(words) == 1 and words[0] in FAMILY_NAMES else None
        if family is not None:
            return TypedQuestion(None, (family,), key)
        return TypedQuestion(_without_article(subject), (), key) if _is_name(subject) else None
    ties = [_tie(noun) for noun in nouns]
    known = tuple(tie for tie in ties if tie is not None)
    return TypedQuestion(owner, known, key) if len(known) == len(ties) else None


def _is_name(text: str) -> bool:
    words = text.lower().split()
    return bool(words) and words[0] not in _UNTYPED | _SELF | {"your", "his", "her", "their", "its"}


def _without_article(text: str) -> str:
    return _ARTICLE.sub("", text, count=1) if _ARTICLE.match(text) else text
