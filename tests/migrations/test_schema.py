"""A migrated database has the published schema, unaltered but for what is derived, and exactly the listed additions."""

from dataclasses import replace

from server.store.engine import Database
from tests.migrations.description import Table
from tests.migrations.expected_additions import ADDED_TABLES, ADDED_TO_PUBLISHED, DERIVED
from tests.migrations.expected_schema import PUBLISHED, PUBLISHED_CONTROL
from tests.migrations.introspection import schema_of


def extended(table: Table, addition: Table) -> Table:
    assert not table.fields.keys() & addition.fields.keys()
    assert not table.indexes.keys() & addition.indexes.keys()
    return replace(table, fields=table.fields | addition.fields, indexes=table.indexes | addition.indexes)


async def test_a_context_has_the_published_tables_and_the_listed_additions(context: Database) -> None:
    found = await schema_of(context)
    expected = ADDED_TABLES | {
        name: extended(table, ADDED_TO_PUBLISHED.get(name, Table({}))) for name, table in PUBLISHED.items()
    }
    assert found.keys() == expected.keys()
    for name, table in expected.items():
        assert found[name] == replace(table, fields=table.fields | DERIVED.get(name, {})), name


def test_what_is_derived_is_a_published_column_of_the_same_type() -> None:
    for name, fields in DERIVED.items():
        for column, field in fields.items():
            assert field.type == PUBLISHED[name].fields[column].type
            assert field.computed


def test_every_addition_is_to_a_published_table_and_optional() -> None:
    assert ADDED_TO_PUBLISHED.keys() <= PUBLISHED.keys()
    assert not ADDED_TABLES.keys() & PUBLISHED.keys()
    required = {
        f"{name}.{column}"
        for name, table in ADDED_TO_PUBLISHED.items()
        for column, field in table.fields.items()
        if not field.type.startswith("option<")
    }
    # They are asked for only where there is a source at all.
    assert required == {"entity.source.kind", "attribute.source.kind", "relates_to.source.kind"}


async def test_the_control_plane_has_the_published_columns(control: Database) -> None:
    found = await schema_of(control)
    for name, fields in PUBLISHED_CONTROL.items():
        assert {column: found[name].fields[column] for column in fields} == fields
