"""Rows as text: sets written so that they stay sets, and a check that text from elsewhere holds values and no code."""

import re

SKIPPED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\]|\\.)*`"
# The engine puts a space after the brace of an object and none after that of a set.
BRACES = re.compile(rf"(?P<skipped>{SKIPPED})|(?P<set>\{{(?! ))|(?P<object>\{{)|(?P<end>\}})", re.DOTALL)

NUMBER = r"-?(?:\d[0-9_]*(?:\.\d+)?(?:[eE][+-]?\d+)?(?:f|dec)?|Infinity|NaN)"
DURATION = r"(?:\d+(?:ns|µs|us|ms|s|m|h|d|w|y))+(?![A-Za-z0-9_])"
STRING = rf"[dubrs]?(?:{SKIPPED})"
WORD = r"[A-Za-z_][A-Za-z0-9_]*"
TICKED = r"`(?:[^`\\]|\\.)*`"
NAME = rf"(?:{WORD}|{TICKED})"
# A record: a table, a colon without a space, and a key; one that is an array or object is read piece by piece.
RECORD = rf"{NAME}:(?:u'[^']*'|{NAME}|[0-9][A-Za-z0-9_]*|-\d+|(?=[\[{{]))"
# An entry of an object: its name, and a colon with a space.
ENTRY = rf"(?:{NAME}|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\d+): "
POINT = rf"\({NUMBER}, {NUMBER}\)"
# Each piece is taken once and for all, so that a text which is refused is refused in one pass.
VALUE = re.compile(
    rf"(?>{ENTRY}|{RECORD}|{POINT}|{DURATION}|{NUMBER}|(?:true|false|NONE|NULL)\b|{STRING}|<set>\[|[\[\]{{}},]|\ )++",
    re.DOTALL,
)


def with_sets(text: str) -> str:
    """Write `{a, b}` as `<set>[a, b]`: what the engine writes for a set it would read as an object."""
    pieces: list[str] = []
    closing: list[str] = []
    position = 0
    for match in BRACES.finditer(text):
        if match["skipped"] is not None:
            continue
        pieces.append(text[position : match.start()])
        position = match.end()
        if match["set"]:
            pieces.append("<set>[")
            closing.append("]")
        elif match["object"]:
            pieces.append("{")
            closing.append("}")
        else:
            end = closing.pop()
            if end == "]":
                pieces[-1] = pieces[-1].removesuffix(",")
            pieces.append(end)
    return "".join([*pieces, text[position:]])


def only_values(text: str) -> bool:
    """Whether a text is made of literals alone: no call, no variable, no block and no statement."""
    return VALUE.fullmatch(text) is not None
