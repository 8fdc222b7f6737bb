"""What the schemas refuse, whoever writes."""

import pytest

from server.core.clock import SystemClock
from server.core.errors import DuplicateError, QueryError
from server.store.engine import Database
from server.store.migrations import Migrator, load

EMBEDDING = {"embedding": [1.0] + [0.0] * 1535}
CHUNK = "document = document:1, char_start = 0, char_end = 4, embedding = $embedding, scope = <set>[]"
ENTITY = "type = 'person', memory_category = 'identity', embedding = $embedding, scope = <set>[]"
ATTRIBUTE = "entity = entity:['person', 'bob'], memory_category = 'identity', scope = <set>[]"
HASH = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"
JOB = "context_id = 'acme', kind = 'ingest', subject = 'document:1'"
KEY = "context_id = 'acme', principal = 'agent', key_hash = $hash"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"CREATE knowledge_chunk SET {CHUNK}, text = 'a', version = 2, position = 0", None),
        (f"CREATE attribute SET {ATTRIBUTE}, key = 'city', value = 'Oslo', current_key = 'bob city'", None),
        ("CREATE turn SET session = session:1, role = 'user', content = 'a', seq = 1", None),
        ("CREATE scope_attribute SET key = 'org', value = 'acme'", None),
        ("CREATE scope_node SET path = 'org/acme', scope = <set>[]", None),
        (
            "RELATE knowledge_chunk:1 -> mentions -> entity:['person', 'bob']",
            "INSERT RELATION INTO mentions {in: knowledge_chunk:1, out: entity:['person', 'bob']}",
        ),
    ],
)
async def test_a_context_holds_it_once(context: Database, first: str, second: str | None) -> None:
    await context.write(first, EMBEDDING)
    with pytest.raises(DuplicateError):
        await context.write(second or first, EMBEDDING)


async def test_any_number_of_values_may_be_past(context: Database) -> None:
    for _ in range(2):
        await context.write(f"CREATE attribute SET {ATTRIBUTE}, key = 'city', value = 'Oslo'")
    assert len(await context.rows("SELECT id FROM attribute")) == 2


@pytest.mark.parametrize(
    "statement",
    [
        f"CREATE entity:['person', 'bob'] SET {ENTITY}, name = 'bob', source = {{ kind: 'rumour' }}",
        f"CREATE entity:['person', 'bob'] SET {ENTITY}, name = 'bob', source = {{ by: 'somebody' }}",
        f"CREATE entity:bob SET {ENTITY}, name = 'bob'",
        f"CREATE knowledge_chunk SET {CHUNK}, text = 'a', position = 0, colour = 'red'",
        f"CREATE knowledge_chunk SET {CHUNK}, text = 'a', position = 0, embedding = [1.0]",
        f"CREATE knowledge_chunk SET {CHUNK}, text = 'a', position = 0, embedding[7] = 'a'",
        "CREATE turn SET session = session:1, role = 'narrator', content = 'a', seq = 1",
        "CREATE session",
        "CREATE document:1 SET status = 'lost'",
    ],
)
async def test_a_context_refuses_what_does_not_fit(context: Database, statement: str) -> None:
    with pytest.raises(QueryError):
        await context.write(statement, EMBEDDING)


async def test_a_fact_says_where_it_comes_from(context: Database) -> None:
    source = "{ kind: 'document', document: document:1, chunk: knowledge_chunk:1, page: 3 }"
    await context.write(f"CREATE entity:['person', 'bob'] SET {ENTITY}, name = 'bob', source = {source}", EMBEDDING)
    await context.write(f"CREATE entity:['person', 'ann'] SET {ENTITY}, name = 'ann', aliases = ['annie']", EMBEDDING)
    from_document = await context.rows(
        "SELECT name, source.page AS page FROM entity WHERE source.document = document:1"
    )
    assert from_document == [{"name": "bob", "page": 3}]
    assert await context.rows("SELECT name FROM entity WHERE aliases CONTAINS 'annie'") == [{"name": "ann"}]


@pytest.mark.parametrize("table", ["knowledge_chunk", "memory_chunk"])
async def test_chunks_are_found_by_word_and_by_vector(context: Database, table: str) -> None:
    await Migrator(context.engine, SystemClock()).complete(context.binding, load("context"))
    columns = f"{CHUNK}, position = 0" if table == "knowledge_chunk" else "session = session:1, scope = <set>[]"
    text = "She was running through the forests."
    await context.write(
        f"CREATE {table} SET {columns}, embedding = $embedding, text = $text", {**EMBEDDING, "text": text}
    )
    assert await context.rows(f"SELECT text FROM {table} WHERE text @@ 'RUN forest'") == [{"text": text}]
    assert await context.rows(f"SELECT text FROM {table} WHERE embedding <|1,40|> $embedding", EMBEDDING) == [
        {"text": text}
    ]


async def test_a_binding_belongs_to_one_context(control: Database) -> None:
    await control.write("CREATE context:one SET namespace = 'acme', database = 'prod'")
    await control.write("CREATE context:two SET namespace = 'acme', database = 'test'")
    with pytest.raises(DuplicateError):
        await control.write("CREATE context:three SET namespace = 'acme', database = 'prod'")


async def test_a_key_name_belongs_to_one_key_of_a_context(control: Database) -> None:
    await control.write(f"CREATE api_key:a SET {KEY}, name = 'app'", {"hash": HASH})
    await control.write(f"CREATE api_key:b SET {KEY}, name = 'app', context_id = 'other'", {"hash": HASH})
    with pytest.raises(DuplicateError):
        await control.write(f"CREATE api_key:c SET {KEY}, name = 'app'", {"hash": HASH})


@pytest.mark.parametrize("table", ["api_key", "management_key"])
async def test_a_key_is_never_stored_in_plain_text(control: Database, table: str) -> None:
    columns = KEY if table == "api_key" else "key_hash = $hash"
    await control.write(f"CREATE {table}:a SET {columns}, name = 'good'", {"hash": HASH})
    with pytest.raises(QueryError):
        await control.write(f"CREATE {table}:b SET {columns}, name = 'bad'", {"hash": "the secret itself"})


async def test_usage_is_counted_by_month(control: Database) -> None:
    await control.write("CREATE token_usage SET context_id = 'acme', period = '2026-12', tokens = 5")
    for statement in (
        "CREATE token_usage SET context_id = 'acme', period = '2026-12'",
        "CREATE token_usage SET context_id = 'acme', period = '2026-13'",
        "UPDATE token_usage SET tokens = -1",
    ):
        with pytest.raises(QueryError):
            await control.write(statement)


async def test_unfinished_jobs_never_share_a_unique_key(jobqueue: Database) -> None:
    await jobqueue.write(f"CREATE job:a SET {JOB}, unique_key = 'ingest document:1'")
    with pytest.raises(DuplicateError):
        await jobqueue.write(f"CREATE job:b SET {JOB}, unique_key = 'ingest document:1'")
    await jobqueue.write("UPDATE job:a SET state = 'done', unique_key = NONE")
    await jobqueue.write(f"CREATE job:b SET {JOB}, unique_key = 'ingest document:1'")
    await jobqueue.write(f"CREATE job:c SET {JOB}; CREATE job:d SET {JOB}")


async def test_a_job_is_in_a_known_state(jobqueue: Database) -> None:
    await jobqueue.write(f"CREATE job:a SET {JOB}")
    assert await jobqueue.row("SELECT state, attempts, priority FROM job:a") == {
        "state": "queued",
        "attempts": 0,
        "priority": 0,
    }
    with pytest.raises(QueryError):
        await jobqueue.write("UPDATE job:a SET state = 'asleep'")
