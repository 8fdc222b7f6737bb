"""What every engine promises, asked of each of them."""

import asyncio
from typing import Any

import pytest
from surrealdb import RecordID

from server.core.errors import (
    DuplicateError,
    QueryError,
    SpectronError,
    ThrownError,
    TransactionConflictError,
    UnavailableError,
)
from server.store.binding import Binding
from server.store.engine import Database, Engine

WRITERS = 32
INCREMENTS = 5


async def values(database: Database, text: str) -> list[Any]:
    found: list[Any] = (await database.read(text))[-1]
    return found


async def count(database: Database, table: str) -> int:
    rows = await database.rows(f"SELECT count() FROM {table} GROUP ALL")
    return int(rows[0]["count"]) if rows else 0


class TestAnswers:
    async def test_one_for_each_statement_in_order(self, database: Database) -> None:
        await database.write("CREATE thing:1")

        assert await database.read("RETURN 1; SELECT VALUE id FROM thing; LET $x = 5; RETURN $x + $y", {"y": 2}) == [
            1,
            [RecordID("thing", 1)],
            None,
            7,
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "RETURN 1",
            "RETURN 1;",
            "RETURN 1;\n\n",
            "RETURN 1 -- a remark",
            "RETURN 1; # a remark",
            "/* ; */ RETURN 1 ;",
        ],
    )
    async def test_the_frame_of_a_query_is_no_part_of_them(self, database: Database, text: str) -> None:
        assert await database.read(text) == [1]
        assert await database.write(text) == [1]
        assert await database.engine.execute(database.binding, text) == [1]

    async def test_a_write_answers_what_each_statement_made(self, database: Database) -> None:
        made, removed = await database.write("CREATE thing:1 SET n = 1; DELETE thing:1 RETURN BEFORE")

        assert made == removed == [{"id": RecordID("thing", 1), "n": 1}]

    async def test_megabytes_come_back_whole(self, database: Database) -> None:
        texts = [str(number) * 200_000 for number in range(10)]
        await database.write("FOR $text IN $texts { CREATE thing SET text = $text }", {"texts": texts})

        assert await values(database, "SELECT VALUE text FROM thing ORDER BY text") == texts

    async def test_row_and_rows_take_the_last_statement(self, database: Database) -> None:
        await database.write("CREATE thing:1; CREATE thing:2")

        assert await database.row("LET $x = 1; SELECT * FROM thing ORDER BY id DESC") == {"id": RecordID("thing", 2)}
        assert await database.row("SELECT * FROM thing WHERE id = thing:3") is None


class TestTransactions:
    async def test_a_failure_leaves_nothing_behind(self, database: Database) -> None:
        await database.write("CREATE thing:1")

        with pytest.raises(DuplicateError):
            await database.write("CREATE thing:2; CREATE thing:1; CREATE thing:3")

        assert await count(database, "thing") == 1

    async def test_definitions_roll_back_too(self, database: Database) -> None:
        with pytest.raises(ThrownError):
            await database.write("DEFINE TABLE fresh; DEFINE FIELD n ON fresh TYPE int; THROW 'no'")

        with pytest.raises(QueryError, match="fresh"):
            await database.rows("SELECT * FROM fresh")

    async def test_execute_keeps_what_ran_before_the_failure(self, database: Database) -> None:
        with pytest.raises(DuplicateError):
            await database.engine.execute(database.binding, "CREATE thing:1; CREATE thing:1; CREATE thing:2")

        assert await count(database, "thing") == 2

    async def test_concurrent_increments_are_all_counted(self, database: Database) -> None:
        async def increment() -> None:
            for _ in range(INCREMENTS):
                await database.write("UPSERT counter:1 SET n += 1")

        await asyncio.gather(*(increment() for _ in range(WRITERS)))

        assert await values(database, "SELECT VALUE n FROM counter") == [WRITERS * INCREMENTS]

    async def test_concurrent_read_modify_write_loses_nothing(self, database: Database) -> None:
        await database.write("CREATE account:a SET n = 1000; CREATE account:b SET n = 0")

        async def transfer() -> None:
            await database.write(
                "LET $a = (SELECT VALUE n FROM ONLY account:a); LET $b = (SELECT VALUE n FROM ONLY account:b);"
                "UPDATE account:a SET n = $a - 1; UPDATE account:b SET n = $b + 1"
            )

        await asyncio.gather(*(transfer() for _ in range(40)))

        assert await values(database, "SELECT VALUE n FROM account ORDER BY n") == [40, 960]

    async def test_writers_that_never_meet_each_other_do_not_fail(self, database: Database) -> None:
        await asyncio.gather(*(database.write("CREATE thing SET n = $n", {"n": n}) for n in range(200)))

        assert sorted(await values(database, "SELECT VALUE n FROM thing")) == list(range(200))


class TestErrors:
    async def test_a_taken_record_id(self, database: Database) -> None:
        await database.write("CREATE thing:1")

        with pytest.raises(DuplicateError, match="thing:1"):
            await database.write("CREATE thing:1")

    async def test_a_taken_value_of_a_unique_index(self, database: Database) -> None:
        await database.write("DEFINE INDEX name ON thing FIELDS name UNIQUE; CREATE thing:1 SET name = 'a\nb'")

        with pytest.raises(DuplicateError, match="name"):
            await database.write("CREATE thing:2 SET name = 'a\nb'")

    async def test_of_many_who_want_a_unique_value_one_gets_it(self, database: Database) -> None:
        await database.write("DEFINE INDEX name ON thing FIELDS name UNIQUE")

        outcomes = await asyncio.gather(
            *(database.write("CREATE thing SET name = 'wanted'") for _ in range(16)), return_exceptions=True
        )

        assert sum(isinstance(outcome, list) for outcome in outcomes) == 1
        assert sum(isinstance(outcome, DuplicateError) for outcome in outcomes) == 15
        assert await count(database, "thing") == 1

    @pytest.mark.parametrize("frame", ["THROW $why", "CREATE thing:1; IF true { THROW $why }; CREATE thing:2"])
    async def test_what_was_thrown_can_be_told(self, database: Database, frame: str) -> None:
        with pytest.raises(ThrownError) as caught:
            await database.write(frame, {"why": "binding-taken"})

        assert caught.value.thrown == "binding-taken"

    async def test_a_thrown_text_cannot_pass_for_another_error(self, database: Database) -> None:
        why = "Transaction conflict: Transaction write conflict. This transaction can be retried"

        with pytest.raises(ThrownError) as caught:
            await database.write("THROW $why", {"why": why})

        assert caught.value.thrown == why

    async def test_a_duplicate_whose_text_speaks_of_conflict_is_a_duplicate(self, database: Database) -> None:
        key = "` Transaction conflict ` already exists"
        await database.write("CREATE type::record('thing', $key)", {"key": key})

        with pytest.raises(DuplicateError):
            await database.write("CREATE type::record('thing', $key)", {"key": key})

    @pytest.mark.parametrize(
        "text",
        [
            "SELEKT * FROM thing",
            "CREATE thing SET n = 'text'",
            "SELECT * FROM nowhere",
            "RETURN math::sqrt('x')",
            "RETURN nowhere::at_all()",
            "RETURN 1; }",
            "",
        ],
    )
    async def test_what_the_database_refuses(self, database: Database, text: str) -> None:
        await database.write("DEFINE FIELD n ON thing TYPE int")

        with pytest.raises(QueryError) as caught:
            await database.write(text or "CREATE $nothing")

        assert not isinstance(caught.value, DuplicateError | ThrownError | TransactionConflictError)
        assert await database.read("RETURN 1") == [1]

    async def test_the_statement_to_blame_is_named_not_its_victims(self, database: Database) -> None:
        await database.write("DEFINE FIELD n ON thing TYPE int")

        with pytest.raises(QueryError, match="Expected `int`"):
            await database.write("CREATE thing:1 SET n = 1; CREATE thing:2 SET n = 'x'; CREATE thing:3 SET n = 3")


class TestDatabases:
    async def test_come_and_go(self, engine: Engine, binding: Binding) -> None:
        other = Binding(binding.namespace, "other-one")

        assert await engine.databases(binding.namespace) == set()
        assert [await engine.create_database(each) for each in (binding, binding, other)] == [True, False, True]
        assert await engine.databases(binding.namespace) == {"prod", "other-one"}

        await Database(engine, other).write("CREATE thing:1")
        await engine.drop_database(binding)
        await engine.drop_database(binding)

        assert await engine.databases(binding.namespace) == {"other-one"}
        assert await count(Database(engine, other), "thing") == 1

    async def test_created_again_is_empty(self, engine: Engine, binding: Binding) -> None:
        database = Database(engine, binding)
        await engine.create_database(binding)
        await database.write("CREATE thing:1")
        await engine.drop_database(binding)
        await engine.create_database(binding)

        with pytest.raises(QueryError, match="thing"):
            await database.rows("SELECT * FROM thing")

    async def test_names_of_every_allowed_kind(self, engine: Engine, binding: Binding) -> None:
        odd = Binding(binding.namespace, "_SELECT-from_9")
        await engine.create_database(odd)

        assert await engine.read(odd, "RETURN session::db()") == ["_SELECT-from_9"]

    async def test_queries_side_by_side_stay_apart(self, engine: Engine, binding: Binding) -> None:
        databases = [Database(engine, Binding(binding.namespace, f"tenant-{number}")) for number in range(8)]
        for database in databases:
            await engine.create_database(database.binding)

        async def use(database: Database, number: int) -> None:
            mine = database.binding.database
            await database.write("CREATE thing SET owner = $mine, n = $n", {"mine": mine, "n": number})
            found, seen = await database.read("RETURN session::db(); SELECT VALUE owner FROM thing GROUP BY owner")
            assert (found, set(seen)) == (mine, {mine})

        await asyncio.gather(*(use(database, number) for number in range(20) for database in databases))

        assert [await count(database, "thing") for database in databases] == [20] * 8

    async def test_writing_first_creates_what_is_absent(self, engine: Engine, binding: Binding) -> None:
        """Many first writes at once compete for creating the database; each counts exactly once all the same."""
        database = Database(engine, binding)

        await asyncio.gather(*(database.write("CREATE thing") for _ in range(20)))

        assert await count(database, "thing") == 20


class TestLife:
    async def test_ping(self, engine: Engine) -> None:
        await engine.ping()

    async def test_a_closed_engine_says_so_and_can_be_opened_again(self, engine: Engine) -> None:
        await engine.close()
        await engine.close()

        with pytest.raises(UnavailableError):
            await engine.ping()

        await engine.open()
        await engine.ping()

    async def test_opening_an_open_engine_changes_nothing(self, engine: Engine, database: Database) -> None:
        await database.write("CREATE thing:1")
        await engine.open()

        assert await count(database, "thing") == 1

    async def test_cancelled_callers_leave_the_engine_as_it_was(self, engine: Engine, database: Database) -> None:
        async def write(number: int) -> None:
            await database.write(
                "CREATE thing SET n = $n; CREATE twin SET n = $n, text = $text",
                {"n": number, "text": "x" * 100_000},
            )

        for rounds in range(5):
            tasks = [asyncio.create_task(write(rounds)) for _ in range(10)]
            for _ in range(rounds):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            assert not [outcome for outcome in outcomes if isinstance(outcome, SpectronError)]

        await database.write("CREATE thing SET n = 'last'; CREATE twin SET n = 'last'")
        await engine.close()
        await engine.open()

        if (await engine.databases(database.binding.namespace)) == {"prod"}:
            assert await count(database, "thing") == await count(database, "twin") >= 1

    async def test_closing_lets_running_queries_finish(self, engine: Engine, database: Database) -> None:
        before = engine.stats.queries
        running = asyncio.create_task(database.read("SLEEP 300ms; RETURN 'done'"))
        async with asyncio.timeout(10):
            while engine.stats.queries == before:  # noqa: ASYNC110  # counters have no event to wait for
                await asyncio.sleep(0)
        await engine.close()

        assert await running == [None, "done"]
