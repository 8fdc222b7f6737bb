"""What the engine's raw answers mean: results, or the error of the statement that failed first."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from surrealdb.data.types.null import Null

from server.core.errors import DuplicateError, QueryError, ThrownError, TransactionConflictError

THROWN_PREFIX = "An error occurred: "
CONSEQUENCE = re.compile(r"The query was not executed due to a|Cannot COMMIT: the transaction was aborted")
CONFLICT = re.compile(
    r"(There was a problem with the (key-value store|datastore): |Cannot COMMIT: )?"
    r"(Transaction\b.*\bconflict|Failed to commit transaction due to a read or write conflict)",
    re.IGNORECASE,
)
TAKEN = re.compile(r"Database record `.*` already exists|Database index `.*` already contains", re.DOTALL)

Statement = Mapping[str, Any]


def statements_of(reply: Mapping[str, Any]) -> Sequence[Statement]:
    """The statements' answers in a reply, or the error of a text that could not even be parsed."""
    if "error" in reply:
        message = str(reply["error"].get("message", reply["error"]))
        raise QueryError(f"The database refused a query: {message.strip()}")
    answers: Sequence[Statement] = reply["result"]
    return answers


def results_of(statements: Sequence[Statement]) -> list[Any]:
    """The results, one each; raises for the first statement that failed."""
    failed = [statement for statement in statements if statement["status"] != "OK"]
    if failed:
        raise _error(failed)
    return [plain(statement["result"]) for statement in statements]


def _error(failed: Sequence[Statement]) -> QueryError:
    """The statement that broke a transaction is the one that does not blame another."""
    cause = next((statement for statement in failed if not _is_consequence(statement)), None)
    if cause is None:
        return TransactionConflictError("A transaction failed without a statement of its own to blame; try again.")
    text = str(cause["result"])
    kind = cause.get("kind")
    if kind == "Thrown" or (kind is None and text.startswith(THROWN_PREFIX)):
        return ThrownError(text.removeprefix(THROWN_PREFIX))
    if _detail(cause) == "TransactionConflict" or CONFLICT.match(text):
        return TransactionConflictError(f"A transaction lost against another one: {text}")
    if TAKEN.match(text):
        return DuplicateError(text)
    return QueryError(f"The database refused a statement: {text}")


def _is_consequence(statement: Statement) -> bool:
    return _detail(statement) in {"NotExecuted", "Cancelled"} or bool(CONSEQUENCE.match(str(statement["result"])))


def _detail(statement: Statement) -> str | None:
    details = statement.get("details")
    return details.get("kind") if isinstance(details, Mapping) else None


def plain(value: Any) -> Any:
    """Python has one None for both NONE and NULL; finding the NULLs costs a twentieth of decoding the reply."""
    if value is Null:
        return None
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if item is Null:
            value[key] = None
        elif isinstance(item, dict | list):
            plain(item)
    return value
