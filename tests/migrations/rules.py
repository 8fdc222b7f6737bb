"""What a migration file must not do, found by reading it."""

import re

COMMENT_OR_STRING = re.compile(
    r"""--[^\n]* | //[^\n]* | \#[^\n]* | /\*.*?\*/ | "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `[^`]*`""",
    re.VERBOSE | re.DOTALL,
)
NOT_ADDITIVE = {"REMOVE", "DELETE", "DROP", "UNSET", "OVERWRITE"}
# The engine derives a definition of an array's elements from the array's own; to widen that one takes nothing away.
WIDENED_ELEMENTS = re.compile(r"DEFINE FIELD OVERWRITE \w+\.\* ON \w+ TYPE ANY")
NOT_ONE_TRANSACTION = {"BEGIN", "COMMIT", "CANCEL", "USE", "CONCURRENTLY"}
CHANGES_ROWS = {"CREATE", "INSERT", "UPDATE", "UPSERT", "RELATE"}


def violations(version: int, text: str) -> list[str]:
    """Why this file may not be a migration; nothing if it may."""
    statements = [statement.upper().split() for statement in COMMENT_OR_STRING.sub(" ", text).split(";")]
    judged = [text for text in map(" ".join, statements) if not WIDENED_ELEMENTS.fullmatch(text)]
    words = {word for text in judged for word in re.findall(r"[A-Z_]+", text)}
    indexes = [statement for statement in statements if statement[:2] == ["DEFINE", "INDEX"]]
    analyzers = [statement for statement in statements if statement[:2] == ["DEFINE", "ANALYZER"]]
    found = [f"takes away: {word}" for word in sorted(words & NOT_ADDITIVE)]
    found += [f"is not one transaction: {word}" for word in sorted(words & NOT_ONE_TRANSACTION)]
    # The first file meets an empty database; to later ones, an index does not see what its own transaction does.
    if version > 1 and indexes and words & CHANGES_ROWS:
        found.append("changes rows and defines indexes")
    if version > 1 and analyzers and any("FULLTEXT" in index for index in indexes):
        found.append("defines an analyzer and uses it in an index")
    return found
