"""Which index goes with which engine."""

from pathlib import Path

from server.core.clock import Clock
from server.index.local import LocalIndex
from server.index.saved import Saved
from server.index.search import Index
from server.index.surreal import SurrealIndex
from server.store.engine import Engine

FOLDER = "index"
STORE = "store"


def create_index(engine: Engine, clock: Clock, data_path: Path | None) -> Index:
    """In memory for an engine inside this process, kept beside its store if that is in a data directory."""
    if engine.kind != "embedded":
        return SurrealIndex()
    return LocalIndex(clock, Saved(data_path / FOLDER, data_path / STORE) if data_path else None)
