"""Keeps a process that reads one embedded store from loading what it has no use for.

The database's client loads its clients for servers with its first module, and the log what draws tracebacks: three
quarters of the work of starting.
"""

import importlib.util
import sys
from types import ModuleType

CLIENT = "surrealdb"
DRAWING = "rich"


def load_little() -> None:
    """Let the client's modules be loaded one by one, and nothing be drawn; before any of them has been."""
    if CLIENT not in sys.modules and (found := importlib.util.find_spec(CLIENT)):
        package = ModuleType(CLIENT)
        package.__spec__ = found
        package.__path__ = found.submodule_search_locations or []
        sys.modules[CLIENT] = package
    sys.modules.setdefault(DRAWING, None)  # type: ignore[arg-type]  # how Python marks what is not to be found
