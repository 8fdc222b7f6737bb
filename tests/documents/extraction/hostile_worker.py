"""A worker process that does what hostile files make a parser do; the path in the request says what."""

import os
import resource
import signal
import sys
import time
from pathlib import Path

from server.documents.extraction import frames
from server.documents.extraction.result import Extracted


def main() -> None:
    while header := sys.stdin.buffer.read(frames.HEADER.size):
        length, _ = frames.HEADER.unpack(header)
        path, _, _ = frames.parsed_request(frames.parsed_meta(sys.stdin.buffer.read(length)))
        sys.stdout.buffer.write(_answer(path))
        sys.stdout.buffer.flush()


def _answer(path: Path) -> bytes:
    match path.name:
        case "hang":
            time.sleep(3600)
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "killed-once" if not path.exists():
            path.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        case "exhausted":
            resource.setrlimit(resource.RLIMIT_CPU, (0, resource.RLIM_INFINITY))
            while True:
                pass
        case "half-an-answer":
            return frames.success(Extracted("half", "text/plain"))[:-1]
        case "spent":
            return frames.failure("too much", spent=True)
    return frames.success(Extracted(str(os.getpid()), "text/plain"))


main()
