"""Each migration is applied once, in order and as a whole, or not at all."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.core.clock import SystemClock
from server.core.errors import MigrationError, QueryError, UnavailableError
from server.store.binding import Binding
from server.store.engine import Database, Engine
from server.store.migrations import Kind, Migration, Migrator, load, read_folder
from tests.support.clock import ManualClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def migrator(engine: Engine) -> Migrator:
    return Migrator(engine, ManualClock(NOON))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "migrations"


def numbered(folder: Path, *texts: str) -> tuple[Migration, ...]:
    """Migrations with these contents, read from files."""
    folder.mkdir(exist_ok=True)
    for version, text in enumerate(texts, start=1):
        (folder / f"V{version}__step_{version}.surql").write_text(text, encoding="utf-8")
    return read_folder(folder)


async def fields_of(database: Database, table: str) -> set[str]:
    (info,) = await database.read(f"INFO FOR TABLE {table}")
    return set(info["fields"])


@pytest.mark.parametrize("kind", ["context", "control", "jobqueue"])
async def test_a_bundled_schema_is_applied_once(migrator: Migrator, kind: Kind, binding: Binding) -> None:
    migrations = load(kind)
    assert {status.state for status in await migrator.status(binding, migrations)} == {"pending"}
    assert await migrator.apply(binding, migrations) == list(migrations)
    assert await migrator.apply(binding, migrations) == []
    statuses = await migrator.status(binding, migrations)
    assert (statuses[0].version, statuses[0].name) == (1, "schema")
    assert {(status.state, status.applied_at) for status in statuses} == {("applied", NOON)}


async def test_words_are_indexed_where_the_engine_searches_by_itself(
    engine: Engine, database: Database, binding: Binding
) -> None:
    await Migrator(engine, SystemClock()).apply(binding, load("context"))
    assert await word_indexes(database) == (["text_index"] * 2 if engine.kind == "remote" else [])


async def test_what_a_remote_engine_needs_is_made_for_the_rows_that_are_there(
    engine: Engine, database: Database, folder: Path, binding: Binding
) -> None:
    migrator = Migrator(engine, SystemClock())
    texts = ["DEFINE ANALYZER plain TOKENIZERS class; DEFINE TABLE note SCHEMALESS"]
    await migrator.apply(binding, numbered(folder, *texts))
    await database.write("INSERT INTO note [{ text: 'a red fox' }, { text: 'a grey goose' }]")
    (folder / "V1__step_1.remote.surql").write_text(
        "DEFINE INDEX IF NOT EXISTS words ON note FIELDS text FULLTEXT ANALYZER plain BM25 CONCURRENTLY"
    )
    for _ in range(2):
        await migrator.complete(binding, read_folder(folder))
    assert await database.rows("SELECT text FROM note WHERE text @@ 'fox'") == [{"text": "a red fox"}]


async def word_indexes(database: Database) -> list[str]:
    (info,) = await database.read("INFO FOR DB")
    tables = [(await database.read(f"INFO FOR TABLE {table}"))[0]["indexes"] for table in info["tables"]]
    return [name for indexes in tables for name, text in indexes.items() if "FULLTEXT" in text]


async def test_versions_are_applied_in_order_over_rows(
    migrator: Migrator, database: Database, folder: Path, binding: Binding
) -> None:
    first = numbered(
        folder,
        "DEFINE TABLE note SCHEMAFULL; DEFINE FIELD text ON note TYPE string; "
        "DEFINE FIELD embedding ON note TYPE array<float, 3>;",
    )
    await migrator.apply(database.binding, first)
    await database.write(
        "FOR $n IN 0..200 { CREATE type::record('note', $n) SET text = 'walking past house ' + <string>$n, "
        "embedding = [<float>$n, 1f, 1f] }"
    )
    later = numbered(
        folder,
        first[0].text,
        "DEFINE ANALYZER english TOKENIZERS class FILTERS lowercase, snowball(english);\n"
        "DEFINE FIELD number ON note TYPE option<int>; UPDATE note SET number = record::id(id);",
        "DEFINE INDEX words ON note FIELDS text FULLTEXT ANALYZER english BM25;\n"
        "DEFINE INDEX vectors ON note FIELDS embedding HNSW DIMENSION 3 DIST EUCLIDEAN TYPE F32;\n"
        "DEFINE INDEX numbers ON note FIELDS number UNIQUE -- no semicolon, and a comment at the end",
    )
    assert await migrator.apply(binding, later) == list(later[1:])
    await database.write("CREATE note:200 SET text = 'walks by house 200', embedding = [200f, 1f, 1f], number = 200")
    assert len(await database.rows("SELECT id FROM note WHERE text @@ 'walk'")) == 201
    assert len(await database.rows("SELECT id FROM note WHERE text @@ 'house 200'")) == 1
    near = await database.rows("SELECT number FROM note WHERE embedding <|3,100|> [199.9, 1.0, 1.0]")
    assert {row["number"] for row in near} == {198, 199, 200}
    with pytest.raises(QueryError, match="already contains 17"):
        await database.write("UPDATE note:18 SET number = 17")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("CREATE note:1 SET text = 5;", "Expected `string` but found `5`"),
        ("DEFINE INDEX same ON note FIELDS text UNIQUE;", "Database index `same` already contains 'same'"),
        ("DEFINE INDEX words ON note FIELDS text FULLTEXT ANALYZER missing BM25;", "'missing' does not exist"),
        ("DEFINE TABLE note;", "The table 'note' already exists"),
        ("DEFINE FLEAS ON note;", "Parse error"),
        ("THROW 'not today';", "not today"),
    ],
)
async def test_a_failing_statement_keeps_nothing_of_its_migration(
    migrator: Migrator, database: Database, folder: Path, statement: str, reason: str, binding: Binding
) -> None:
    schema = "DEFINE TABLE note SCHEMAFULL; DEFINE FIELD text ON note TYPE string;"
    rows = "CREATE note:8 SET text = 'same'; CREATE note:9 SET text = 'same';"
    bad = f"DEFINE FIELD extra ON note TYPE option<int>; DEFINE TABLE other; {statement}"
    migrations = numbered(folder, schema, rows, bad, "DEFINE TABLE fourth;")
    with pytest.raises(MigrationError) as raised:
        await migrator.apply(binding, migrations)
    assert isinstance(raised.value, UnavailableError)
    for part in (str(database.binding), "V3__step_3.surql", reason, "spectrond migrate apply"):
        assert part in raised.value.detail
    states = [status.state for status in await migrator.status(binding, migrations)]
    assert states == ["applied", "applied", "pending", "pending"]
    assert await fields_of(database, "note") == {"text"}
    (info,) = await database.read("INFO FOR DB")
    assert set(info["tables"]) == {"note", "_migrations"}

    mended = numbered(folder, schema, rows, "DEFINE FIELD extra ON note TYPE option<int>;", "DEFINE TABLE fourth;")
    assert [migration.version for migration in await migrator.apply(binding, mended)] == [3, 4]
    assert await fields_of(database, "note") == {"text", "extra"}


async def test_an_applied_migration_must_not_change(
    migrator: Migrator, database: Database, folder: Path, binding: Binding
) -> None:
    await migrator.apply(binding, numbered(folder, "DEFINE TABLE note;"))
    edited = numbered(folder, "DEFINE TABLE note; DEFINE TABLE more;", "DEFINE TABLE later;")
    assert [status.state for status in await migrator.status(binding, edited)] == ["changed", "pending"]
    with pytest.raises(
        MigrationError, match=f"V1__step_1.surql was applied to {binding} on 2026-03-01 with other contents"
    ):
        await migrator.apply(binding, edited)
    (info,) = await database.read("INFO FOR DB")
    assert set(info["tables"]) == {"note", "_migrations"}


async def test_an_older_server_tolerates_what_a_newer_one_added(
    migrator: Migrator, folder: Path, binding: Binding
) -> None:
    migrations = numbered(folder, "DEFINE TABLE a;", "DEFINE TABLE b;")
    await migrator.apply(binding, migrations)
    assert await migrator.apply(binding, migrations[:1]) == []
    assert [status.state for status in await migrator.status(binding, migrations[:1])] == ["applied", "unknown"]


async def test_nothing_is_applied_out_of_order(migrator: Migrator, folder: Path, binding: Binding) -> None:
    migrations = numbered(folder, "DEFINE TABLE a;", "DEFINE TABLE b;", "DEFINE TABLE c;")
    await migrator.apply(binding, [migrations[0], migrations[2]])
    with pytest.raises(MigrationError, match=r"V3 but not V2__step_2\.surql"):
        await migrator.apply(binding, migrations)


async def test_of_many_at_once_exactly_one_applies_each(migrator: Migrator, folder: Path, binding: Binding) -> None:
    migrations = numbered(
        folder, *(f"DEFINE TABLE t{n}; CREATE t{n}:1; DEFINE INDEX i ON t{n} FIELDS x;" for n in range(4))
    )
    for number in range(10):
        binding = Binding(binding.namespace, f"race{number}")
        applied = await asyncio.gather(*(migrator.apply(binding, migrations) for _ in range(8)))
        assert sorted(migration.version for each in applied for migration in each) == [1, 2, 3, 4]
        assert {status.state for status in await migrator.status(binding, migrations)} == {"applied"}


async def test_of_two_with_other_contents_one_is_told(migrator: Migrator, folder: Path, binding: Binding) -> None:
    (ours,) = numbered(folder, "DEFINE TABLE a;")
    theirs = replace(ours, checksum="0" * 64, text="DEFINE TABLE b;")
    for number in range(10):
        binding = Binding(binding.namespace, f"race{number}")
        outcomes = await asyncio.gather(
            migrator.apply(binding, [ours]), migrator.apply(binding, [theirs]), return_exceptions=True
        )
        (failure,) = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert isinstance(failure, MigrationError)
        assert "with other contents" in failure.detail


async def test_a_database_that_is_away_is_no_failed_migration(
    engine: Engine, migrator: Migrator, binding: Binding
) -> None:
    await engine.close()
    with pytest.raises(UnavailableError) as raised:
        await migrator.apply(binding, load("context"))
    assert not isinstance(raised.value, MigrationError)


def test_checksums_follow_the_contents(tmp_path: Path) -> None:
    (one,) = numbered(tmp_path / "one", "DEFINE TABLE a;")
    (same,) = numbered(tmp_path / "same", "DEFINE TABLE a;")
    (other,) = numbered(tmp_path / "other", "DEFINE TABLE b;")
    assert one == same
    assert one.checksum != other.checksum


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["V2__schema.surql"],
        ["V1__schema.surql", "V3__more.surql"],
        ["V1__schema.surql", "V1__other.surql"],
        ["V0__schema.surql", "V1__more.surql"],
        ["V01__schema.surql"],
        ["V1_schema.surql"],
        ["v1__schema.surql"],
        ["V1__Schema.surql"],
        ["V1__schema.sql"],
        ["V1__schema.surql", "notes.txt"],
        ["V1__schema.surql", "V2__folder.surql/inside"],
        ["V1__schema.surql", "V2__more.remote.surql"],
        ["V1__schema.remote.surql"],
    ],
)
def test_files_that_are_not_a_clean_sequence_are_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("DEFINE TABLE a;", encoding="utf-8")
    with pytest.raises(MigrationError):
        read_folder(tmp_path)
