"""The text of a scope only ever narrows what the rule of visibility decides on."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from surrealdb import RecordID

from server.core.clock import SystemClock
from server.core.scope import EMPTY, Attribute, Scope, parse
from server.core.visibility import View, visible
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database
from server.store.migrations import Migrator, load
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids, condition, narrowed, scope_of, text_of

ATTRIBUTES = st.builds(Attribute, st.sampled_from(["org", "user"]), st.sampled_from(["a", "b", "a|user=b", "\u00e9=|"]))
SCOPES = st.frozensets(ATTRIBUTES, max_size=3)
CREATE = """CREATE type::record('entity', $id) SET name = 'x', type = 'x', memory_category = 'identity',
    embedding = array::repeat(1, 1536), scope = <set>$scope_attributes RETURN NONE"""


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    async with EmbeddedEngine(None, SystemClock()) as engine:
        database = Database(engine, Binding("acme", "narrowed"))
        await engine.create_database(database.binding)
        await Migrator(engine, SystemClock()).apply(database.binding, load("context"))
        yield database


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stored=st.lists(SCOPES, min_size=1, max_size=6),
    floor=SCOPES,
    requested=st.lists(SCOPES, max_size=2),
    view=st.sampled_from(["strict", "merged"]),
)
async def test_no_visible_record_is_lost(
    database: Database, stored: list[Scope], floor: Scope, requested: list[Scope], view: View
) -> None:
    await database.write("DELETE entity RETURN NONE")
    for number, scope in enumerate(stored):
        variables = {"id": ["x", str(number)], "scope_attributes": attribute_ids(scope)}
        await database.write(f"{ENSURE_ATTRIBUTES} {CREATE}", variables)
    visibility = visible(EMPTY, [floor | scope for scope in requested or [EMPTY]], view)
    narrow, texts = narrowed(visibility)
    rule, sets = condition(visibility)
    found = await database.rows(
        f"SELECT VALUE id FROM (SELECT id, scope FROM entity WITH NOINDEX WHERE {narrow}) WHERE {rule}", texts | sets
    )
    for row in await database.rows("SELECT scope, scope_text FROM entity"):
        assert row["scope_text"] == text_of(scope_of(row["scope"]))
    admitted = [RecordID("entity", ["x", str(n)]) for n, scope in enumerate(stored) if visibility.admits(scope)]
    assert sorted(found, key=str) == sorted(admitted, key=str)


async def test_what_is_out_of_sight_is_left_out_early(database: Database) -> None:
    variables = {"id": ["x", "0"], "scope_attributes": attribute_ids(parse("org/b"))}
    await database.write(f"{ENSURE_ATTRIBUTES} {CREATE}", variables)
    narrow, texts = narrowed(visible(parse("org/a")))
    assert await database.rows(f"SELECT id FROM entity WHERE {narrow}", texts) == []
