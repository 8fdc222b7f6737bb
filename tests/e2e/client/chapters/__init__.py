"""What must hold, one part of the client a chapter."""

from collections.abc import Awaitable, Callable

from tests.e2e.client.chapters import access, answering, documents, errors, memory, places, upkeep
from tests.e2e.client.world import World

CHAPTERS: dict[str, Callable[[World], Awaitable[None]]] = {
    "memory": memory.holds,
    "answering": answering.holds,
    "documents": documents.holds,
    "places": places.holds,
    "access": access.holds,
    "upkeep": upkeep.holds,
    "errors": errors.holds,
}
