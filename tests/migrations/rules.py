"""What a migration file must not do, found by reading it."""

import re

COMMENT_OR_STRING = re.compile(
    r"""--[^\n]* | //[^\n]* | \#[^\n]* | /\*.*?\*/ | "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `[^`]*`""",
    re.VERBOSE | re.DOTALL,
)
NOT_ADDITIVE = {"REMOVE", "DELETE", "DROP", "UNSET", "OVERWRITE"}
# The engine derives a definition of an array's elements from the array's own, which says the same without it.
DERIVED_ELEMENTS = re.compile(r"REMOVE FIELD EMBEDDING\.\* ON \w+")
NOT_ONE_TRANSACTION = {"BEGIN", "COMMIT", "CANCEL", "USE", "CONCURRENTLY"}
CHANGES_ROWS = {"CREATE", "INSERT", "UPDATE", "UPSERT", "RELATE"}


def violations(version: int, text: str) -> list[str]:
    """Why this file may not be a migration; nothing if it may."""
    judged = [statement for statement in statements(text) if not DERIVED_ELEMENTS.fullmatch(statement)]
    words = {word for text in judged for word in re.findall(r"[A-Z_]+", text)}
    indexes = [statement for statement in judged if statement.startswith("DEFINE INDEX ")]
    analyzers = [statement for statement in judged if statement.startswith("DEFINE ANALYZER ")]
    found = [f"takes away: {word}" for word in sorted(words & NOT_ADDITIVE)]
    found += [f"is not one transaction: {word}" for word in sorted(words & NOT_ONE_TRANSACTION)]
    # The first file meets an empty database; to later ones, an index does not see what its own transaction does.
    if version > 1 and indexes and words & CHANGES_ROWS:
        found.append("changes rows and defines indexes")
    if version > 1 and analyzers and any("FULLTEXT" in index.split() for index in indexes):
        found.append("defines an analyzer and uses it in an index")
    return found


def statements(text: str) -> list[str]:
    """The statements of a file in capitals, without comments, strings and spare room."""
    found = (" ".join(statement.upper().split()) for statement in COMMENT_OR_STRING.sub(" ", text).split(";"))
    return [statement for statement in found if statement]
