"""The process that reads a copy of a store starts quickly: it loads nothing that reaches databases over a network."""

import subprocess
import sys

LOADED = """
import sys
from server.store.dumps.lean import load_little
load_little()
import server.store.dumps.standing
print(sorted({"aiohttp", "requests", "rich.console"} & {name for name, one in sys.modules.items() if one}))
"""


def test_neither_clients_for_servers_nor_what_draws_is_loaded() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
