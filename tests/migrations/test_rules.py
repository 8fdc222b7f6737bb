"""Migrations only add, and each is one transaction."""

import pytest

from server.store.migrations import Kind, load
from tests.migrations.rules import statements, violations

KINDS: tuple[Kind, ...] = ("context", "control", "jobqueue")


@pytest.mark.parametrize("kind", KINDS)
def test_every_migration_keeps_the_rules(kind: Kind) -> None:
    assert {migration.file: violations(migration.version, migration.text) for migration in load(kind)} == {
        migration.file: [] for migration in load(kind)
    }


@pytest.mark.parametrize("kind", KINDS)
def test_what_remote_engines_need_is_defined_where_it_is_missing_without_holding_anybody_up(kind: Kind) -> None:
    for migration in load(kind):
        for statement in statements(migration.remote):
            assert statement.startswith("DEFINE INDEX IF NOT EXISTS ")
            assert statement.endswith(" CONCURRENTLY")


@pytest.mark.parametrize(
    "text",
    [
        "REMOVE TABLE document;",
        "remove field title on document;",
        "REMOVE FIELD title.* ON document;",
        "DEFINE TABLE a; REMOVE\nINDEX i ON a;",
        "DELETE document;",
        "FOR $row IN [1, 2] { DELETE type::record('document', $row) };",
        "ALTER INDEX i ON document DROP COMMENT;",
        "ALTER TABLE document DROP COMMENT;",
        "UPDATE document UNSET title;",
        "DEFINE FIELD OVERWRITE title ON document TYPE int;",
        "BEGIN; DEFINE TABLE a; COMMIT;",
        "USE DB other; DEFINE TABLE a;",
        "DEFINE INDEX i ON document FIELDS title CONCURRENTLY;",
        "DEFINE FIELD a ON t TYPE option<int>; UPDATE t SET a = 1; DEFINE INDEX i ON t FIELDS a;",
        "DEFINE ANALYZER a TOKENIZERS class; DEFINE INDEX i ON t FIELDS a FULLTEXT ANALYZER a BM25;",
    ],
)
def test_what_breaks_a_rule_is_found(text: str) -> None:
    assert violations(2, text)


@pytest.mark.parametrize(
    "text",
    [
        "-- We never REMOVE anything; nor DELETE.\nDEFINE TABLE a;",
        "/* DROP */ DEFINE FIELD state ON a TYPE string ASSERT $value IN ['DELETE', \"REMOVE\"];",
        "DEFINE FIELD removed_at ON a TYPE option<datetime>; DEFINE FIELD user ON a TYPE option<string>;",
        "DEFINE INDEX i ON a FIELDS b FULLTEXT ANALYZER spectron_text BM25;",
        "UPDATE a SET b = 1 WHERE b = NONE;",
        "REMOVE FIELD embedding.* ON a;",
    ],
)
def test_what_only_adds_is_left_alone(text: str) -> None:
    assert violations(2, text) == []


def test_the_first_file_may_index_what_it_fills() -> None:
    text = "DEFINE ANALYZER a TOKENIZERS class; CREATE t; DEFINE INDEX i ON t FIELDS a FULLTEXT ANALYZER a BM25;"
    assert violations(1, text) == []
