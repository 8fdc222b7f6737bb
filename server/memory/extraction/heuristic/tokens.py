"""From text to words: contractions taken apart, chat spellings read as what they mean."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["word", "number", "address", "mark"]

_MARKED = r"\w\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff"
_TOKEN = re.compile(
    rf"""
    (?P<address> https?://[^\s<>"'\u201c\u201d]+[^\s<>"'\u201c\u201d.,;:!?)\]]
               | www\.[^\s<>"'\u201c\u201d]{{1,200}}[^\s<>"'\u201c\u201d.,;:!?)\]]
               | [\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,6}} )
  | (?P<number>  [$€£¥₹]?\d{{1,30}}(?:[.,:/-]\d{{1,30}}){{0,12}}(?:st|nd|rd|th|k|m|bn|%|°)?(?!\w|-[^\W\d]) )
  | (?P<word>    (?:[A-Za-z]\.){{2,8}}
               | [A-Za-z](?:\+\+|\#)(?!\w)
               | \w{{1,30}}\.(?:js|io|ai)(?!\w)
               | (?:Dr|Mr|Mrs|Ms|Prof|St|Sr|Jr|Inc|Corp|Ltd|Rev|Capt|Sgt|Lt|Gen|Sen|Rep|Hon)\.
               | [{_MARKED}]+(?:['\u2019\-][{_MARKED}]+)* )
  | (?P<mark>    \.\.\.|[^\s\w] )
    """,
    re.VERBOSE,
)
_ENDINGS: Mapping[str, str] = MappingProxyType(
    {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would", "s": "'s"},
)
_CHAT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "im": ("i", "am"),
        "ive": ("i", "have"),
        "id": ("id",),
        "u": ("you",),
        "ur": ("your",),
        "gonna": ("going", "to"),
        "wanna": ("want", "to"),
        "gotta": ("have", "to"),
        "gimme": ("give", "me"),
        "lemme": ("let", "me"),
        "n": ("and",),
        "pls": ("please",),
        "plz": ("please",),
        "rly": ("really",),
        "abt": ("about",),
        "bc": ("because",),
        "cuz": ("because",),
        "cos": ("because",),
        "coz": ("because",),
        "cause": ("because",),
        "tho": ("though",),
        "rn": ("now",),
        "wfh": ("work", "from", "home"),
        "dont": ("do", "not"),
        "doesnt": ("does", "not"),
        "didnt": ("did", "not"),
        "isnt": ("is", "not"),
        "arent": ("are", "not"),
        "wasnt": ("was", "not"),
        "werent": ("were", "not"),
        "havent": ("have", "not"),
        "hasnt": ("has", "not"),
        "cant": ("can", "not"),
        "cannot": ("can", "not"),
        "wont": ("will", "not"),
        "couldnt": ("could", "not"),
        "wouldnt": ("would", "not"),
        "shouldnt": ("should", "not"),
        "aint": ("is", "not"),
        "thats": ("that", "'s"),
        "whats": ("what", "'s"),
        "wheres": ("where", "'s"),
        "whos": ("who", "'s"),
        "hes": ("he", "'s"),
        "shes": ("she", "'s"),
        "theyre": ("they", "are"),
        "youre": ("you", "are"),
        "yr": ("year",),
        "yrs": ("years",),
        "tmrw": ("tomorrow",),
        "idk": ("i", "do", "not", "know"),
    },
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark; `lower` is how the rules read it, `start` and `end` where its text stands."""

    text: str
    lower: str
    start: int
    end: int
    kind: Kind

    @property
    def capitalised(self) -> bool:
        """An upper-case letter at the front or inside (iPhone), or letters of a script that has no case."""
        if self.kind != "word" or not self.text[0].isalpha():
            return False
        return self.text[0].lower() == self.text[0].upper() or any(letter.isupper() for letter in self.text)


def tokenise(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "word":
            yield from _words(match.group(), match.start())
        elif kind == "mark":
            at = match.group() == "@"
            yield Token(match.group(), "at" if at else match.group(), *match.span(), "word" if at else "mark")
        else:
            named: Kind = "number" if kind == "number" else "address"
            yield Token(match.group(), match.group().lower(), *match.span(), named)


def _words(text: str, start: int) -> Iterator[Token]:
    lower = text.lower().replace("\u2019", "'")
    end = start + len(text)
    if lower in _CHAT and not (text[:1].isupper() and lower in {"id", "n", "cos", "cause"}):
        for part in _CHAT[lower]:
            yield Token(text, part, start, end, "word")
        return
    if lower.endswith("n't") and lower != "n't":
        stem = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}.get(lower[:-3], lower[:-3])
        yield Token(text[:-3], stem, start, end - 3, "word")
        yield Token(text[-3:], "not", end - 3, end, "word")
        return
    head, apostrophe, ending = lower.rpartition("'")
    if apostrophe and head and ending in _ENDINGS:
        cut = len(head)
        yield Token(text[:cut], head, start, start + cut, "word")
        yield Token(text[cut:], _ENDINGS[ending], start + cut, end, "word")
        return
    yield Token(text, lower, start, end, "word")
