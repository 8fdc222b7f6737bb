"""Sets that are as they were written, and were written wrong."""

import json
from datetime import UTC, datetime

from ops.dump import TRAILER, DumpWatch
from ops.repository.encryption import Identities, Recipients
from ops.repository.manifest import Dump
from ops.repository.names import context_dump
from ops.repository.sets import Repository
from ops.repository.storage import Storage


def with_a_dropped_statement(storage: Storage, context: str) -> str:
    """A copy of the newest set in which a row of a Context is missing, with a manifest that fits; answers its id."""
    repository = Repository(storage, lambda: datetime.now(UTC))
    good = repository.get("latest")
    dump = good.of_context(context)
    assert dump is not None
    text = bytearray()
    repository.read(dump.file, encrypted=False, identities=Identities(), sink=text.extend)
    lines = bytes(text).splitlines(keepends=True)
    lost = next(number for number, line in enumerate(lines) if line.startswith(b"INSERT"))
    trailer = json.loads(lines[-1].removeprefix(TRAILER))
    trailer["statements"] -= 1
    kept = [*lines[:lost], *lines[lost + 1 : -1], TRAILER + json.dumps(trailer).encode() + b"\n"]
    name = f"{good.id}-damaged"
    watch = DumpWatch()
    file = repository.add(context_dump(name, context, Recipients()), kept, Recipients(), watch.feed)
    header, summary = watch.summary()
    wrong = Dump(file=file, kind="context", context=context, header=header, trailer=summary)
    manifest = good.model_copy(update={"id": name, "contexts": (wrong,), "control": None, "objects": None})
    with repository.lock("a test").held() as lock:
        repository.publish(manifest, lock)
    return name
