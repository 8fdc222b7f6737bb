"""Words for what people are to each other, with the one label each is stored under."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Gender = Literal["f", "m", ""]


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation label, the gender it tells, and whether the word named several people.

    `family` ties exist even when nobody is named: "my mother" is one person, "my friends" is nobody in particular.
    """

    label: str
    gender: Gender = ""
    plural: bool = False
    family: bool = True


_FEMALE = {
    "mother": "mother mom mum mama mommy mummy mam momma ma",
    "sister": "sister sis",
    "wife": "wife wifey wifes",
    "girlfriend": "girlfriend gf",
    "fiancee": "fiancée fiancee",
    "daughter": "daughter",
    "aunt": "aunt auntie aunty",
    "niece": "niece",
    "grandmother": "grandmother grandma gran granny nana nan grandmom grandmum abuela",
    "granddaughter": "granddaughter",
    "mother-in-law": "mother-in-law",
    "sister-in-law": "sister-in-law",
    "daughter-in-law": "daughter-in-law",
    "stepmother": "stepmother stepmom stepmum step-mother",
    "stepsister": "stepsister step-sister",
    "stepdaughter": "stepdaughter step-daughter",
    "half-sister": "half-sister",
    "godmother": "godmother",
    "ex-wife": "ex-wife",
    "ex-girlfriend": "ex-girlfriend",
}
_MALE = {
    "father": "father dad daddy papa pa pop",
    "brother": "brother bro",
    "husband": "husband hubby",
    "boyfriend": "boyfriend bf",
    "fiance": "fiancé fiance",
    "son": "son",
    "uncle": "uncle",
    "nephew": "nephew",
    "grandfather": "grandfather grandpa granddad grandad gramps abuelo",
    "grandson": "grandson",
    "father-in-law": "father-in-law",
    "brother-in-law": "brother-in-law",
    "son-in-law": "son-in-law",
    "stepfather": "stepfather stepdad step-father",
    "stepbrother": "stepbrother step-brother",
    "stepson": "stepson step-son",
    "half-brother": "half-brother",
    "godfather": "godfather",
    "ex-husband": "ex-husband",
    "ex-boyfriend": "ex-boyfriend",
}
_FAMILY = {
    "partner": "partner",
    "spouse": "spouse",
    "child": "child kid toddler baby",
    "parent": "parent",
    "sibling": "sibling",
    "twin": "twin",
    "cousin": "cousin",
    "grandparent": "grandparent",
    "grandchild": "grandchild grandkid",
    "godparent": "godparent",
    "godchild": "godchild",
}
_SOCIAL = {
    "friend": "friend pal buddy bestie bff mate",
    "colleague": "colleague coworker co-worker workmate teammate",
    "manager": "manager boss supervisor",
    "mentor": "mentor",
    "mentee": "mentee",
    "neighbour": "neighbour neighbor",
    "roommate": "roommate flatmate housemate roomie",
    "landlord": "landlord landlady",
    "tenant": "tenant",
    "doctor": "doctor gp physician",
    "dentist": "dentist",
    "therapist": "therapist psychologist psychiatrist counsellor counselor",
    "cardiologist": "cardiologist",
    "dermatologist": "dermatologist",
    "pediatrician": "pediatrician paediatrician",
    "vet": "vet veterinarian",
    "teacher": "teacher",
    "tutor": "tutor",
    "professor": "professor",
    "advisor": "advisor adviser",
    "student": "student",
    "classmate": "classmate",
    "coach": "coach",
    "trainer": "trainer",
    "lawyer": "lawyer attorney solicitor",
    "accountant": "accountant",
    "assistant": "assistant secretary",
    "client": "client customer",
    "employee": "employee",
    "business partner": "business-partner cofounder co-founder",
    "babysitter": "babysitter nanny",
    "hairdresser": "hairdresser barber",
    "ex": "ex",
}
_IRREGULAR_PLURALS = {"child": "children", "grandchild": "grandchildren", "godchild": "godchildren", "wife": "wives"}
_PHRASES = {
    "mother in law": "mother-in-law",
    "father in law": "father-in-law",
    "sister in law": "sister-in-law",
    "brother in law": "brother-in-law",
    "daughter in law": "daughter-in-law",
    "son in law": "son-in-law",
    "other half": "partner",
    "better half": "partner",
    "significant other": "partner",
    "ex wife": "ex-wife",
    "ex husband": "ex-husband",
    "ex girlfriend": "ex-girlfriend",
    "ex boyfriend": "ex-boyfriend",
    "line manager": "manager",
    "family doctor": "doctor",
    "business partner": "business-partner",
    "twin brother": "brother",
    "twin sister": "sister",
    "room mate": "roommate",
    "co worker": "colleague",
}


def _collect() -> dict[str, Tie]:
    ties: dict[str, Tie] = {}
    groups: tuple[tuple[dict[str, str], Gender, bool], ...] = (
        (_FEMALE, "f", True),
        (_MALE, "m", True),
        (_FAMILY, "", True),
        (_SOCIAL, "", False),
    )
    for words_of, gender, family in groups:
        for label, words in words_of.items():
            for word in words.split():
                ties[word] = Tie(label, gender, family=family)
                ties.setdefault(
                    _IRREGULAR_PLURALS.get(word, f"{word}s"), Tie(label, gender, plural=True, family=family)
                )
    ties["folks"] = Tie("parent", plural=True)
    ties["babies"] = Tie("child", plural=True)
    for phrase, word in _PHRASES.items():
        ties[phrase] = ties[word]
    return ties


TIES: Mapping[str, Tie] = MappingProxyType(_collect())
FAMILY_NAMES = frozenset(
    {"mom", "mum", "mama", "mommy", "mummy", "dad", "daddy", "papa", "grandma", "grandpa", "granny", "gran", "nana"}
)
"""Words that mean the speaker's own relative without a possessive."""
