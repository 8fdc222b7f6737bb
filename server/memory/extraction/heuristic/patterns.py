"""Regular expressions over the lower-case words of a sentence, joined by single spaces."""

import re


def any_of(*alternatives: str) -> str:
    """A group that matches one of several patterns; each argument may hold some, separated by bars."""
    return "(?:" + "|".join(alternatives) + ")"


def any_word(text: str) -> str:
    """A group that matches one of the words of a text."""
    return any_of(*text.split())


def phrase(*alternatives: str) -> re.Pattern[str]:
    """Matches one of several wordings anywhere, at the borders of words."""
    return re.compile(rf"(?<!\S){any_of(*alternatives)}(?!\S)")


def opening(fillers: str, *alternatives: str) -> re.Pattern[str]:
    """Matches one of several wordings at the start of a sentence, behind filler words."""
    return re.compile(rf"^(?:{any_word(fillers)} (?:[,:!] )?)*?{any_of(*alternatives)}(?!\S)")
