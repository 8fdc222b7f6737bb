"""Whom the word "I" means in a scope."""

from server.core.scope import Scope
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.extractor import USER


def speaker_of(scope: Scope) -> str | None:
    """The user of the scope, if it is of one."""
    users = [value for key, value in scope if key == "user"]
    return users[0] if len(users) == 1 else None


def user_of(scope: Scope) -> EntityRef:
    """The entity that the user is, or the nameless one of a scope without a user."""
    speaker = speaker_of(scope)
    return USER if speaker is None else EntityRef("Person", speaker)
