"""Raw replies, as different versions of the engine word them."""

from typing import Any

import pytest
from surrealdb.data.types.null import Null

from server.core.errors import DuplicateError, QueryError, ThrownError, TransactionConflictError
from server.store.results import results_of, statements_of

NOT_EXECUTED = "The query was not executed due to a failed transaction"
CANCELLED = "The query was not executed due to a cancelled transaction"
ABORTED = "Cannot COMMIT: the transaction was aborted due to a prior error"


def ok(result: Any) -> dict[str, Any]:
    return {"status": "OK", "result": result, "time": "1ms"}


def failed(text: str, kind: str | None = None, detail: str | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = {"status": "ERR", "result": text, "time": "1ms"}
    if kind:
        answer["kind"] = kind
    if detail:
        answer["details"] = {"kind": detail}
    return answer


def error(*statements: dict[str, Any]) -> QueryError:
    with pytest.raises(QueryError) as caught:
        results_of(statements)
    return caught.value


def test_results_in_order() -> None:
    assert results_of([ok(1), ok(None), ok([{"a": 2}])]) == [1, None, [{"a": 2}]]


def test_null_becomes_none_however_deep_it_is() -> None:
    assert results_of([ok(Null), ok([{"a": Null, "b": [1, Null, {"c": Null}]}])]) == [
        None,
        [{"a": None, "b": [1, None, {"c": None}]}],
    ]


def test_a_text_that_cannot_be_parsed() -> None:
    with pytest.raises(QueryError, match="Parse error: nonsense"):
        statements_of({"error": {"code": -32000, "message": "Parse error: nonsense\n"}})


@pytest.mark.parametrize(
    "statement",
    [
        failed("Transaction conflict: Transaction write conflict. This transaction can be retried"),
        failed(
            "There was a problem with the key-value store: Transaction conflict: Write conflict, retry",
            "Query",
            "Other",
        ),
        failed("Cannot COMMIT: Transaction conflict: Transaction write conflict."),
        failed("Failed to commit transaction due to a read or write conflict. This transaction can be retried"),
        failed("something new", "Query", "TransactionConflict"),
    ],
)
def test_every_wording_of_a_conflict(statement: dict[str, Any]) -> None:
    assert isinstance(error(ok(None), failed(NOT_EXECUTED), statement), TransactionConflictError)


def test_a_failed_transaction_that_blames_nothing_is_a_conflict() -> None:
    assert isinstance(error(failed(NOT_EXECUTED), failed(NOT_EXECUTED)), TransactionConflictError)


@pytest.mark.parametrize(
    "text",
    [
        "Database record `thing:1` already exists",
        "Database record `thing:⟨a\nb⟩` already exists",
        "Database index `name` already contains 'x', with record `thing:1`",
        "Database index `name` already contains 'Transaction conflict', with record `thing:1`",
    ],
)
def test_duplicates(text: str) -> None:
    found = error(failed(NOT_EXECUTED), failed(text), failed(CANCELLED), failed(ABORTED))

    assert isinstance(found, DuplicateError)
    assert found.detail == text


def test_a_table_that_is_defined_twice_is_no_duplicate_row() -> None:
    assert type(error(failed("The table 'thing' already exists", "AlreadyExists", "Table"))) is QueryError


@pytest.mark.parametrize("kind", ["Thrown", None])
def test_what_was_thrown(kind: str | None) -> None:
    found = error(failed(NOT_EXECUTED), failed("An error occurred: binding-taken", kind), failed(ABORTED))

    assert isinstance(found, ThrownError)
    assert found.thrown == "binding-taken"


def test_an_error_that_only_begins_like_a_thrown_one_is_not() -> None:
    assert not isinstance(error(failed("An error occurred: in the disk", "Internal")), ThrownError)


def test_the_cause_is_told_not_its_consequences() -> None:
    found = error(failed(NOT_EXECUTED), failed("Expected `int` but found `'x'`"), failed(CANCELLED), failed(ABORTED))

    assert type(found) is QueryError
    assert "Expected `int`" in found.detail
