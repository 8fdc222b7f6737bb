"""The small words of grammar: pronouns, determiners, prepositions, auxiliaries, adverbs."""


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FIRST_PERSON = words("i me we us myself ourselves")
FIRST_POSSESSIVE = words("my our")
MINE = words("mine ours")
MALE = words("he him")
FEMALE = words("she")
SUBJECT_PRONOUNS = words("i we you he she they it this that there who which everyone someone nobody everybody")
THIRD_POSSESSIVE = words("his her their its")
POSSESSIVES = FIRST_POSSESSIVE | THIRD_POSSESSIVE | {"your"}
ARTICLES = words("a an the")
DETERMINERS = (
    ARTICLES | POSSESSIVES | words("this that these those some any no every each another several both all many")
)

PREPOSITIONS = words(
    "in at from to for with on as by near outside around about into over under since until till during through of "
    "against without within between among behind beside besides before after toward towards like than per via "
    "across along inside beyond above below"
)
CONJUNCTIONS = words("and or but nor because although though while whereas so who which where when if unless plus yet")

BE = words("am is are was were be been being")
HAVE = words("have has had having")
DO = words("do does did")
MODALS = words("will would can could may might must shall should")
PAST_AUXILIARIES = words("was were had did")

FREQUENCY = words("always usually never often typically normally rarely")
ADVERBS = FREQUENCY | words(
    "also just now still currently really actually mostly mainly only even both already recently originally finally "
    "absolutely totally basically probably definitely certainly simply kinda quite very so too again initially "
    "formerly previously presently primarily literally once soon then long ever well officially happily fully newly "
    "later clearly truly deeply strongly particularly especially generally personally proudly severely mildly "
    "slightly highly seriously deathly extremely apparently reportedly honestly sadly luckily unfortunately "
    "technically fluently natively best most more pretty rather super hugely sort kind completely terribly "
    "temporarily permanently nearly almost about roughly early late quickly eventually secretly perhaps maybe "
    "possibly likely presumably supposedly allegedly"
)

FLUFF = words(
    "lately recently sometime too though btw lol haha hahaha lmao please thanks now currently anymore again already "
    "really either still atm actually ok okay yeah man dude right online together altogether tbh imo imho fyi yet "
    "also instead anyway honestly someday either"
)
"""Words at the end of a phrase that are no part of what it says."""
FLUFF_PHRASES = (
    ("these", "days"),
    ("any", "more"),
    ("any", "longer"),
    ("at", "the", "moment"),
    ("right", "now"),
    ("at", "present"),
    ("for", "now"),
    ("as", "well"),
    ("a", "lot"),
    ("so", "much"),
    ("very", "much"),
    ("by", "the", "way"),
    ("of", "course"),
    ("for", "work"),
    ("to", "be", "honest"),
    ("at", "all"),
    ("by", "now"),
    ("years", "ago"),
    ("ages", "ago"),
    ("long", "ago"),
    ("one", "day"),
    ("some", "day"),
    ("nowadays",),
    ("my", "whole", "life"),
    ("all", "my", "life"),
    ("my", "entire", "life"),
    ("her", "whole", "life"),
    ("his", "whole", "life"),
    ("full", "time"),
    ("part", "time"),
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
SEASONS = ("spring", "summer", "autumn", "fall", "winter")
HOLIDAYS = words("christmas easter thanksgiving halloween ramadan diwali hanukkah eid new year")
CALENDAR = frozenset((*WEEKDAYS, *MONTHS, *SEASONS)) | HOLIDAYS

DASHES = frozenset({"-", "\u2013", "\u2014"})
PAUSES = DASHES | {",", "(", ")", ";", ":", "!", "...", "\u2026"}
"""Marks that end what a value says."""
OPENING_MARKS = DASHES | {'"', "\u201c", ":", "(", "*", "'", "!", "?", "."}
"""Marks behind which a capital says nothing."""

_UP_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
NUMBERS = tuple(_UP_TO_TWENTY.split())
TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "twenty": 20}


def number(word: str) -> int | None:
    """The whole number that a word or numeral stands for: seven, 7, twenty-five, a couple is not one."""
    if word.isdecimal() and len(word) <= len("9999"):
        return int(word)
    if word in NUMBERS:
        return NUMBERS.index(word)
    tens, _, ones = word.partition("-")
    if tens in TENS and (not ones or ones in NUMBERS[1:10]):
        return TENS[tens] + (NUMBERS.index(ones) if ones else 0)
    return {"dozen": 12, "a": 1, "an": 1}.get(word)


TITLES = words(
    "dr dr. mr mr. mrs mrs. ms ms. prof prof. professor sir lord lady judge captain capt. sgt. lt. gen. rev. father "
    "sen. senator president hon. doctor miss sergeant colonel"
)
LEARNED_TITLES = words("dr dr. prof prof. professor doctor rev. judge sen. senator")
ACRONYMS = words(
    "ok tv ai it api faq pdf url hr pr ceo cfo cto coo id ui ux sql csv json xml http phd mba ba bsc msc md usd eur "
    "gbp cet est pst utc gmt am pm diy rn fyi btw lol asap eta vip q1 q2 q3 q4"
)
