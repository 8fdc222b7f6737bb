"""The chapters for the client's other name, `surrealdb.spectron`, with the folder that holds it in PYTHONPATH.

Nothing but the names of its classes differs, so they are given the names that the chapters know.
"""

import asyncio
import importlib
import sys
from types import ModuleType

from spectron import SpectronManagement


def main(url: str, key: str) -> None:
    """Go through all chapters, and say what was not called."""
    official, known = importlib.import_module("surrealdb.spectron"), ModuleType("surrealdb_memory")
    for name in official.__all__:
        setattr(known, name.replace("Spectron", "Memory"), getattr(official, name))
    sys.modules["surrealdb_memory"] = known
    chapters, surface, world, caller = (
        importlib.import_module(f"tests.e2e.client.{name}") for name in ("chapters", "surface", "world", "caller")
    )
    with SpectronManagement(url, key) as admin:
        for kind in surface.CLIENTS:
            made = world.World(admin, kind, url, caller.Calls(), "spectron-client")
            made.create()
            for chapter in chapters.CHAPTERS.values():
                asyncio.run(chapter(made))
            sys.stdout.write(f"{kind}: {surface.missing(kind, made.calls.held)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
