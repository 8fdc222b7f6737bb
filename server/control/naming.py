"""What a Context may be called and where it may live."""

import re

from server.core.errors import UnprocessableError
from server.store.binding import RESERVED_NAMESPACE, Binding

CONTEXT_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

# Each of these begins a path of the management surface, where a Context id would hide it or be hidden.
RESERVED_IDS = frozenset({"contexts", "control", "events", "health", "jobs", "lifecycle", "ready"})


def checked_context_id(text: str) -> str:
    """The id, or the rule that it breaks."""
    if not CONTEXT_ID.fullmatch(text):
        raise UnprocessableError(
            f"{text[:80]!r} cannot be a Context id: use 1 to 63 lowercase letters, digits and hyphens, "
            "beginning and ending with a letter or digit."
        )
    if text in RESERVED_IDS:
        raise UnprocessableError(f"{text!r} is reserved; choose another Context id.")
    return text


def checked_binding(namespace: str, database: str) -> Binding:
    """The binding, unless it names the namespace that the control plane lives in."""
    binding = Binding(namespace, database)
    if namespace.lower() == RESERVED_NAMESPACE:
        raise UnprocessableError(
            f"The namespace {RESERVED_NAMESPACE!r} is reserved for the control plane; bind the Context to another one."
        )
    return binding
