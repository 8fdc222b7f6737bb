"""Sets that are as they were written, and were written wrong."""

import base64
import json
import random
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ops.dump import HEADER, TRAILER, DumpWatch
from ops.repository.encryption import Identities, Recipients
from ops.repository.manifest import Dump, Manifest
from ops.repository.names import context_dump
from ops.repository.sets import Repository
from ops.repository.storage import Storage

DAMAGES = (
    "dropped row",
    "doubled row",
    "missing table",
    "changed value",
    "truncated value",
    "wrong id",
    "missing index",
)
VALUE = re.compile(rb'"([A-Za-z0-9+/]{40,}={0,2})"')
TABLE = re.compile(rb"INSERT (?:RELATION )?INTO (\S+) ")


def damaged_set(storage: Storage, context: str, kind: str, chance: random.Random) -> tuple[Repository, Manifest, str]:
    """A set, not published yet, whose dump of a Context is damaged and whose manifest fits it; and what was done."""
    told = b""

    def change(lines: list[bytes]) -> list[bytes]:
        nonlocal told
        changed, told = _damaged(lines, kind, chance)
        return changed

    repository, manifest = rewritten_set(storage, context, change)
    return repository, manifest, f"{kind}: {told!r}"


def rewritten_set(
    storage: Storage, context: str, change: Callable[[list[bytes]], list[bytes]]
) -> tuple[Repository, Manifest]:
    """A set, not published yet, that holds a changed dump of one Context, and a manifest made of that."""
    repository = Repository(storage, lambda: datetime.now(UTC))
    good = repository.get("latest")
    dump = good.of_context(context)
    assert dump is not None
    text = bytearray()
    repository.read(dump.file, encrypted=False, identities=Identities(), sink=text.extend)
    name = f"{good.id}-{secrets.token_hex(3)}"
    watch = DumpWatch()
    lines = change(bytes(text).splitlines(keepends=True))
    file = repository.add(context_dump(name, context, Recipients()), lines, Recipients(), watch.feed)
    header, summary = watch.summary()
    wrong = Dump(file=file, kind="context", context=context, header=header, trailer=summary)
    rewritten = {"id": name, "contexts": (wrong,), "control": None, "objects": None, "complete": False}
    return repository, good.model_copy(update=rewritten)


def _place(line: bytes, chance: random.Random) -> int:
    """Where in the rows of a statement a character can be changed."""
    found = VALUE.search(line)
    assert found is not None
    return chance.randrange(found.start(1), found.end(1) - 4)


def _with_other_id(line: bytes, chance: random.Random) -> bytes:
    """A statement in which a row has another id: one byte of its key is another."""
    block, table = VALUE.search(line), TABLE.match(line)
    assert block is not None
    assert table is not None
    rows = base64.b64decode(block[1])
    name = bytes([0x60 | len(table[1])]) + table[1]
    places = [match.end() for match in re.finditer(re.escape(b"bid\xc8\x82" + name), rows)]
    # The key's last byte stands before the next column, or the next row: after its head, as many bytes as that says.
    at = chance.choice(places)
    last = at + _size(rows[at:]) - 1
    changed = rows[:last] + bytes([rows[last] ^ 1]) + rows[last + 1 :]
    return line.replace(block[1], base64.b64encode(changed))


def _size(value: bytes) -> int:
    """How many bytes an encoded key takes: a number, a text, an array of keys, or the id of another row."""
    kind, length = value[0] >> 5, value[0] & 0x1F
    head = {24: 2, 25: 3, 26: 5, 27: 9}.get(length, 1)
    if head > 1:
        length = int.from_bytes(value[1:head])
    match kind:
        case 0 | 1:
            return head
        case 2 | 3:
            return head + length
        case 4:
            size = head
            for _ in range(length):
                size += _size(value[size:])
            return size
        case 6:
            return head + _size(value[head:])
    raise ValueError(f"no id of a Context begins with {value[:8].hex()}")


def _damaged(lines: list[bytes], kind: str, chance: random.Random) -> tuple[list[bytes], bytes]:
    """The lines of a dump with one thing wrong, and a last line that counts them."""
    trailer: dict[str, Any] = json.loads(lines.pop().removeprefix(TRAILER))
    rows = [number for number, line in enumerate(lines) if line.startswith(b"INSERT")]
    chosen = chance.choice(rows)
    told = lines[chosen][:80]
    match kind:
        case "dropped row":
            del lines[chosen]
        case "doubled row":
            lines.insert(chosen, lines[chosen])
        case "missing table":
            table = chance.choice([name for name, sums in trailer["tables"].items() if sums["rows"]])
            del trailer["tables"][table]
            names = rb"(INSERT (RELATION )?INTO|DEFINE TABLE|DEFINE (FIELD|INDEX) \S+ ON) "
            pattern = re.compile(names + table.encode())
            lines = [line for line in lines if not pattern.match(line)]
            trailer["indexes"] = [name for name in trailer["indexes"] if not name.startswith(f"{table}.")]
            told = table.encode()
        case "changed value" | "truncated value":
            at = _place(lines[chosen], chance)
            other = chance.choice([one for one in b"ABCDwxyz0189" if one != lines[chosen][at]])
            line = lines[chosen]
            changed = kind == "changed value"
            lines[chosen] = line[:at] + (bytes([other]) + line[at + 1 :] if changed else line[at + 4 :])
        case "wrong id":
            lines[chosen] = _with_other_id(lines[chosen], chance)
        case _:
            lost = chance.choice([number for number, line in enumerate(lines) if line.startswith(b"DEFINE INDEX")])
            told = lines[lost][:80]
            del lines[lost]
    assert lines[1].startswith(HEADER)
    trailer["statements"] = sum(not line.startswith(b"--") for line in lines[1:])
    return [*lines, TRAILER + json.dumps(trailer).encode() + b"\n"], told
