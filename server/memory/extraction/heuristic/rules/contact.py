"""Telephone numbers and e-mail addresses in running text."""

import re

from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.values import phone

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,200}")


def email(text: str) -> str | None:
    match = _EMAIL.search(text)
    return match.group().rstrip(".") if match else None


def phone_or_email(reading: Reading) -> None:
    """You can reach me at +44 20 7946 0958."""
    if "me" not in reading.words or not reading.nouns.first_person or reading.negated:
        return
    raw, user = reading.line.raw(reading.whole), reading.people.user
    address, number = email(raw), phone(raw)
    if address:
        reading.findings.attribute(user, "email", address)
    elif number:
        reading.findings.attribute(user, "phone", number)
