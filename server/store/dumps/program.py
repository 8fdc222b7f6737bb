"""Dumps a copied store to standard output: `python -m server.store.dumps.program STORE`.

It starts before the copy is there, and begins when a line of JSON comes that says what to dump. It gives way to
whatever else the machine does, and leaves when its standard input ends, as it does with the server.
"""

import asyncio
import json
import os
import sys
import threading
from pathlib import Path

from server.core.errors import SpectronError
from server.store.dumps.lean import load_little

NICENESS = 15


def _leave_with_the_server() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> None:
    os.nice(NICENESS)
    load_little()
    from server.store.dumps.standing import dump  # noqa: PLC0415  # only now may the client be loaded

    output = os.dup(1)
    # Whatever prints by itself must not print into the dump.
    os.dup2(2, 1)
    task = sys.stdin.buffer.readline()
    if not task:
        os._exit(1)
    threading.Thread(target=_leave_with_the_server, daemon=True).start()
    try:
        asyncio.run(dump(Path(sys.argv[1]), json.loads(task), output))
    except SpectronError as error:
        sys.stderr.write(f"{error.detail}\n")
        code = 1
    except BrokenPipeError:
        code = 1
    else:
        code = 0
    sys.stderr.flush()
    # The engine's threads may still be at work, and an interpreter that ends under them aborts.
    os._exit(code)


if __name__ == "__main__":
    main()
