"""A dump that was damaged is refused, whichever way; only what means the same is let through."""

import base64
import os
import random
import re
from collections.abc import Callable

import pytest

from server.core.clock import SystemClock
from server.core.errors import UnprocessableError
from server.store.binding import Binding
from server.store.dumps.marks import Form, Trailer
from server.store.embedded import EmbeddedEngine
from server.store.engine import Engine
from tests.store.dumps.world import dumped, filled, loaded, migrated, totals

ROUNDS = 27 * int(os.environ.get("SPECTRON_ROUNDS", "5"))
SOURCE = Binding("acme", "prod")
TARGET = Binding("acme", "target")

BLOCK = re.compile(rb'"([A-Za-z0-9+/=]{40,})"')

Damage = Callable[[list[bytes], random.Random], list[bytes]]


def dropped(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """A statement is missing."""
    number = chance.randrange(len(lines))
    return lines[:number] + lines[number + 1 :]


def doubled(lines: list[bytes], chance: random.Random) -> list[bytes]:
    number = chance.randrange(len(lines))
    return lines[: number + 1] + lines[number:]


def cut(lines: list[bytes], chance: random.Random) -> list[bytes]:
    text = b"".join(lines)
    return [text[: chance.randrange(len(text))]]


def shortened(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """A value inside of a line lost some of its bytes."""
    number = chance.randrange(len(lines))
    start = chance.randrange(len(lines[number]) - 1)
    end = min(len(lines[number]) - 1, start + chance.choice([1, 4, 40]))
    return [*lines[:number], lines[number][:start] + lines[number][end:], *lines[number + 1 :]]


def changed(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """A byte became another one."""
    number = chance.randrange(len(lines))
    line = bytearray(lines[number])
    place = chance.randrange(len(line))
    line[place] ^= 1 << chance.randrange(8)
    return [*lines[:number], bytes(line), *lines[number + 1 :]]


def digit_changed(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """A digit became another one: still a number, still base64, still a moment or an id."""
    number = chance.randrange(len(lines))
    places = [place for place, byte in enumerate(lines[number]) if byte in b"0123456789"]
    if not places:
        return dropped(lines, chance)
    line = bytearray(lines[number])
    place = chance.choice(places)
    line[place] = chance.choice([byte for byte in b"0123456789" if byte != line[place]])
    return [*lines[:number], bytes(line), *lines[number + 1 :]]


def table_lost(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """A whole table is missing, with its definitions, rows and indexes."""
    table = chance.choice([line.split()[2] for line in lines if line.startswith(b"DEFINE TABLE ")])
    return [line for line in lines if b" " + table + b" " not in line[:200] or line.startswith(b"--")]


def rows_moved(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """Rows went to another table."""
    inserts = [number for number, line in enumerate(lines) if line.startswith(b"INSERT INTO ")]
    one, other = chance.sample(inserts, 2)
    table, taken = lines[one].split()[2], lines[other].split()[2]
    if table == taken:
        return dropped(lines, chance)
    line = lines[other].replace(b"INTO " + taken, b"INTO " + table, 1)
    return [*lines[:other], line, *lines[other + 1 :]]


def id_moved(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """The id of a row names another table than the one that the row goes to."""
    number = chance.choice([number for number, line in enumerate(lines) if line.startswith(b"INSERT INTO ")])
    line, table = lines[number], lines[number].split()[2]
    if encoded := BLOCK.search(line):
        rows = base64.b64decode(encoded[1])
        changed = rows.replace(b"bid\xc8\x82" + _text(table), b"bid\xc8\x82" + _text(bytes([*table[:-1], 90])), 1)
        assert changed != rows
        line = line.replace(encoded[1], base64.b64encode(changed))
    else:
        line = line.replace(b" id: " + table + b":", b" id: " + table[:-1] + b"Z:", 1)
    assert line != lines[number]
    return [*lines[:number], line, *lines[number + 1 :]]


def _text(name: bytes) -> bytes:
    """As CBOR has it."""
    return bytes([0x60 | len(name)]) + name if len(name) < 24 else bytes([0x78, len(name)]) + name


DAMAGES: list[Damage] = [dropped, doubled, cut, shortened, changed, digit_changed, table_lost, rows_moved, id_moved]


@pytest.mark.parametrize("form", ["blocks", "literals"])
@pytest.mark.timeout(600)
async def test_every_damage_is_refused_or_means_the_same(form: Form) -> None:
    chance = random.Random(7)
    async with EmbeddedEngine(None, SystemClock()) as engine:
        await migrated(engine, SOURCE)
        await filled(engine, SOURCE, seed=3, rows=4)
        lines = (await dumped(engine, SOURCE, form)).splitlines(keepends=True)
        expected = await totals(engine, SOURCE)
        refused = 0
        with pytest.raises(UnprocessableError):
            await loaded(engine, TARGET, b"".join(id_moved(lines, chance)))
        for number in range(ROUNDS):
            damage = DAMAGES[number % len(DAMAGES)]
            refused += await _refused_or_same(engine, damage, damage(lines, chance), expected)

    assert refused > 0.8 * ROUNDS


async def _refused_or_same(engine: Engine, damage: Damage, lines: list[bytes], expected: Trailer) -> bool:
    try:
        await loaded(engine, TARGET, b"".join(lines))
    except UnprocessableError:
        return True
    found = await totals(engine, TARGET)
    assert found.tables == expected.tables, f"{damage.__name__} went unnoticed"
    assert found.indexes == expected.indexes
    return False


async def test_the_sums_alone_would_tell_it_as_well() -> None:
    """Each kind of loss is refused even where no line is missing: an empty statement in its place."""
    async with EmbeddedEngine(None, SystemClock()) as engine:
        await migrated(engine, SOURCE)
        await filled(engine, SOURCE, seed=4, rows=2)
        lines = (await dumped(engine, SOURCE, "literals")).splitlines(keepends=True)
        for number, line in enumerate(lines):
            if line.startswith(b"INSERT "):
                emptied = [*lines[:number], line[: line.index(b"[")] + b"[];\n", *lines[number + 1 :]]
                with pytest.raises(UnprocessableError, match=r"rows instead of|cannot be stored"):
                    await loaded(engine, TARGET, b"".join(emptied))


@pytest.mark.parametrize(
    "line",
    [
        "REMOVE DATABASE prod;",
        "USE NS acme DB prod; DELETE turn;",
        "DEFINE USER mallory ON ROOT PASSWORD 'x' ROLES OWNER;",
        "DEFINE EVENT e ON TABLE turn WHEN true THEN (DELETE session);",
        "DEFINE FUNCTION fn::x() { RETURN 1 };",
        "INSERT INTO turn [{ id: turn:1, a: (REMOVE DATABASE prod) }];",
        "INSERT INTO turn [{ id: turn:1, a: http::get('http://127.0.0.1') }];",
        "INSERT INTO turn [{ id: turn:1, a: fn::x() }];",
        "INSERT INTO turn [{ id: turn:1, a: $session }];",
        "INSERT INTO turn [{ id: turn:1, a: { DELETE session; } }];",
        "INSERT INTO turn [{ id: turn:1, a: DELETE session }];",
        "INSERT INTO turn [{ id: turn:1, a: 1 + 1 }];",
        "INSERT INTO turn [{ id: turn:1, a: session }];",
        "INSERT INTO turn [{ id: turn:1, a: turn:1.content }];",
        "INSERT INTO turn [{ id: turn:1, a: <future> { 1 } }];",
        "INSERT INTO turn [{ id: turn:1, a: || { 1 } }];",
        "INSERT INTO turn [{ id: turn:1 }] ON DUPLICATE KEY UPDATE a = 1;",
        "INSERT INTO turn [{ id: turn:1 }]; DELETE session; [];",
        "INSERT INTO session (SELECT * FROM turn);",
        "INSERT INTO idempotency [{ id: idempotency:a }];",
        "INSERT INTO person [{ id: person:1 }];",
        "INSERT RELATION INTO turn [{ id: turn:1 }];",
        "UPDATE turn SET content = '';",
        "",
        "-- a remark",
        "BEGIN;",
    ],
)
async def test_nothing_but_rows_and_known_definitions_is_admitted(line: str) -> None:
    async with EmbeddedEngine(None, SystemClock()) as engine:
        await migrated(engine, SOURCE)
        await filled(engine, SOURCE, seed=1, rows=1)
        lines = (await dumped(engine, SOURCE, "literals")).splitlines(keepends=True)
        before = await totals(engine, SOURCE)
        first = next(number for number, one in enumerate(lines) if one.startswith(b"INSERT "))

        with pytest.raises(UnprocessableError):
            await loaded(engine, TARGET, b"".join([*lines[:first], line.encode() + b"\n", *lines[first:]]))

        assert await totals(engine, SOURCE) == before
