"""Nouns that ask for a value (`email address`, `job`), with the attribute key each is stored under."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from server.core.vocabulary.keys import FAVOURITE, KEYS

_NOUNS = {
    "name": "name|full name|real name|first name|last name|surname|legal name",
    "nickname": "nickname|nick|preferred name",
    "pronouns": "pronouns",
    "age": "age",
    "birthday": "birthday|bday|b-day|birth date|birthdate|date of birth|dob",
    "birthplace": "birthplace|place of birth",
    "hometown": "hometown|home town|home country|country of origin",
    "nationality": "nationality|citizenship",
    "language": "language|native language|mother tongue|first language|second language|preferred language",
    "marital_status": "marital status|relationship status",
    "religion": "religion|faith",
    "height": "height",
    "weight": "weight",
    "location": "location|home|house|flat|apartment|residence|city|headquarters|hq|head office",
    "address": "address|home address|street address|postal address|mailing address",
    "email": "email|e-mail|email address|e-mail address|mail address|mail|work email|personal email",
    "phone": "phone|phone number|number|telephone|telephone number|cell|cell number|cell phone|mobile|mobile number",
    "website": "website|homepage|home page|site|blog|web site",
    "timezone": "time zone|timezone|tz",
    "employer": "employer|company|workplace",
    "role": "job|role|title|job title|position|occupation|profession|day job",
    "department": "department|team",
    "industry": "industry|line of work",
    "work_location": "office|work place",
    "salary": "salary|pay|wage|income",
    "project": "project|current project",
    "school": "school|university|college|alma mater",
    "degree": "degree",
    "field_of_study": "major|field of study",
    "diet": "diet",
    "allergy": "allergy|allergies",
    "condition": "condition|diagnosis|medical condition|illness",
    "medication": "medication|medicine|meds",
    "blood_type": "blood type|blood group",
    "hobby": "hobby|hobbies|pastime",
    "fear": "fear|phobia",
    "pet": "pet|pets",
    "bank": "bank",
    "goal": "goal|dream|ambition|aim|resolution",
    "plan": "plan|plans",
    "budget": "budget",
    "deadline": "deadline|due date",
    "date": "date",
    "version": "version",
    "price": "price|cost",
    "expiry": "expiry|expiry date|expiration date",
    "skill": "skill|skills|talent|strength",
    "status": "status",
}

SLOTS: Mapping[str, str] = MappingProxyType(
    {noun: key for key, nouns in _NOUNS.items() for noun in nouns.split("|")},
)
_FAVOURITE = re.compile(r"(?:all[- ]time )?(?:favou?rite|fave|fav) (?P<thing>.+)")
_ADJECTIVES = frozenset({"new", "current", "own", "main", "work", "actual", "old", "next", "upcoming"})
_SPELLINGS = {"color": "colour", "flavor": "flavour"}
_NOT_KEY = re.compile(r"[^\w]+")


def key_of_noun(words: Sequence[str]) -> str | None:
    """The key that lower-case nouns ask for, or None when they are no known ones: ("home", "address") is address."""
    noun = " ".join(words)
    favourite = _FAVOURITE.fullmatch(noun)
    if favourite:
        return FAVOURITE + _joined(favourite["thing"].split())
    known = SLOTS.get(noun)
    if known is None and len(words) > 1 and words[0] in _ADJECTIVES:
        return key_of_noun(words[1:])
    if known is None and _joined(words) in KEYS:
        return _joined(words)
    return known


def key_from_noun(words: Sequence[str]) -> str:
    """As `key_of_noun`, but nouns outside the table make a key of their own: ("shoe", "size") is shoe_size."""
    known = key_of_noun(words)
    if known is None and len(words) > 1 and words[0] in _ADJECTIVES - {"work", "main"}:
        return key_from_noun(words[1:])
    return known or _joined(words)


def _joined(words: Sequence[str]) -> str:
    return "_".join(filter(None, (_NOT_KEY.sub("_", _SPELLINGS.get(word, word)).strip("_") for word in words)))
