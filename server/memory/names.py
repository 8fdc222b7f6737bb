"""Names and the keys made of them: how an entity is addressed, and what may be current only once."""

import hashlib
import json
import re
import unicodedata
from typing import get_args

from surrealdb import RecordID

from server.core.scope import Scope
from server.core.vocabulary.keys import EntityType

MAX_NAME_LENGTH = 256
_QUOTES = " \t\n\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"
_TRAILING = _QUOTES + ".,;:!?"
_SPACES = re.compile(r"\s+")
_TYPES: dict[str, str] = {name.casefold(): name for name in get_args(EntityType)}
_SCOPE_DIGITS = 12
_KEY_BYTES = 16


def tidied(name: str) -> str:
    """A name without the quotes and punctuation it was found in."""
    spaced = _SPACES.sub(" ", unicodedata.normalize("NFC", name)).strip()
    return (spaced.lstrip(_QUOTES).rstrip(_TRAILING) or spaced)[:MAX_NAME_LENGTH].strip()


def normalised(name: str) -> str:
    """The form in which names are compared."""
    return folded(tidied(name))


def folded(text: str) -> str:
    """A text of any length in the form in which names are sought in it."""
    return unicodedata.normalize("NFKC", _SPACES.sub(" ", text)).casefold()


def canonical_type(name: str) -> str:
    """The spelling of a known type; any other as it was given."""
    return _TYPES.get(name.strip().casefold(), tidied(name))


def scope_digest(scope: Scope) -> str:
    """Tells scopes apart inside an id without naming them."""
    return hashlib.sha256(_canonical(scope)).hexdigest()[:_SCOPE_DIGITS]


def entity_id(type_name: str, name: str, scope: Scope) -> RecordID:
    """One name of one type is one row in a scope, and never the row of another scope."""
    return RecordID("entity", [canonical_type(type_name), f"{normalised(name)}~{scope_digest(scope)}"])


def current_key(scope: Scope, *parts: str) -> str:
    """What may be current only once in a scope."""
    return hashlib.blake2b(_canonical(scope) + json.dumps(parts).encode(), digest_size=_KEY_BYTES).hexdigest()


def _canonical(scope: Scope) -> bytes:
    return json.dumps(sorted(scope)).encode()
