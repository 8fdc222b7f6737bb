"""The worker process: reads one file after the other, within limits that the system enforces."""

import os
import resource
import sys
from typing import IO

from server.core.errors import ExtractionError
from server.documents.extraction import frames
from server.documents.extraction.extracting import extract
from server.documents.extraction.result import MIB, Limits


def main() -> None:
    """Answer requests from standard input until it ends."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # A library that prints, or reads, must not touch the frames.
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while meta := _next(requests):
        answers.write(_answer(meta))
        answers.flush()


def _next(requests: IO[bytes]) -> bytes:
    header = requests.read(frames.HEADER.size)
    if len(header) < frames.HEADER.size:
        return b""
    length, _ = frames.HEADER.unpack(header)
    return requests.read(length)


def _answer(meta: bytes) -> bytes:
    path, declared, limits = frames.parsed_request(frames.parsed_meta(meta))
    _confine(limits)
    try:
        return frames.success(extract(path, declared, limits))
    except ExtractionError as error:
        return frames.failure(error.detail)
    except MemoryError:
        return frames.failure(
            f"Reading the file takes more than {limits.memory_bytes // MIB} MB of memory, which is the limit. "
            "Split it, or save it in a simpler form, and upload the result.",
            spent=True,
        )
    except RecursionError:
        return frames.failure("The file is nested too deep to be read. Save it in a simpler form and upload that.")
    except Exception as error:  # noqa: BLE001 - whatever a parser throws at a hostile file concerns that file alone
        print(f"extraction failed on {path}: {error!r}", file=sys.stderr)  # noqa: T201 - the log of the server
        return frames.failure(
            f"The file can't be read: its content is damaged in a way that its reader does not expect "
            f"({type(error).__name__}). Open it where it came from, save it again and upload that."
        )


def _confine(limits: Limits) -> None:
    """The server ends what takes too long; the limit on processor time holds even when the server is gone."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(usage.ru_utime + usage.ru_stime + limits.seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
