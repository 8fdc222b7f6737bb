"""Rows as text: sets written so that they stay sets, and a check that text from elsewhere holds values and no code."""

import re

SKIPPED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\]|\\.)*`"
# Each alternative begins with a character of its own, and so the search runs over the others at full speed.
MARKS = re.compile(rf"{SKIPPED}|\{{ |\{{|\}}", re.DOTALL)
# The engine puts a space after the brace of an object and none after that of a set.
OBJECT, SET, END = "{ ", "{", "}"

NUMBER = r"-?(?:\d[0-9_]*(?:\.\d+)?(?:[eE][+-]?\d+)?(?:f|dec)?|Infinity|NaN)(?![A-Za-z0-9_.:µ])"
DURATION = r"(?:\d+(?:ns|µs|us|ms|s|m|h|d|w|y))+(?![A-Za-z0-9_])"
CONSTANT = r"(?:true|false|NONE|NULL)\b"
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
    rf"(?>{NUMBER}|, |{ENTRY}|{RECORD}|{POINT}|{DURATION}|{CONSTANT}|{STRING}|<set>\[|[\[\]{{}},]|\ )++",
    re.DOTALL,
)


def with_sets(text: str) -> str:
    """Write `{a, b}` as `<set>[a, b]`: what the engine writes for a set it would read as an object."""
    pieces: list[str] = []
    closing: list[str] = []
    position = 0
    for match in MARKS.finditer(text):
        mark = match[0]
        if mark not in {OBJECT, SET, END}:
            continue
        pieces.append(text[position : match.start()])
        position = match.end()
        if mark == SET:
            pieces.append("<set>[")
            closing.append("]")
        elif mark == OBJECT:
            pieces.append(OBJECT)
            closing.append(END)
        else:
            end = closing.pop()
            if end == "]":
                pieces[-1] = pieces[-1].removesuffix(",")
            pieces.append(end)
    return "".join([*pieces, text[position:]])


def only_values(text: str) -> bool:
    """Whether a text is made of literals alone: no call, no variable, no block and no statement."""
    return VALUE.fullmatch(text) is not None
