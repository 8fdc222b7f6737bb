"""What is sound as data but had better be looked at: contradictions, likely duplicates, text that gives orders."""

import re
from collections import defaultdict

import numpy as np

from server.core.scope import Scope
from server.core.visibility import Visibility
from server.memory.entities import LIVING
from server.store import vectors
from server.store.engine import Database, Row
from server.store.scoped import condition, scope_of

TO_IGNORE = r"(ignore|disregard|forget|override)\W+(\w+\W+){0,3}(previous|prior|above|earlier|system)\W+(\w+\W+)?"
ORDERS = (
    TO_IGNORE + r"(instruction|prompt|rule|message|direction)s?",
    r"(reveal|print|repeat|show|output)\W+(\w+\W+){0,2}(system|hidden|initial)\W+(prompt|instruction|message)s?",
    r"(you are|act as)\W+(now\W+)?(\w+\W+){0,2}(jailbroken|unrestricted|developer mode)",
    r"<\|?(im_start|im_end|system|endoftext)\|?>|\[/?INST\]",
    r"do not (tell|inform|alert)\W+(the\W+)?(user|operator|anyone)",
)
# The engine reads it too.
PATTERN = "(?i)" + "|".join(f"(?:{one})" for one in ORDERS)
INJECTION = re.compile(PATTERN)
SEARCHED = {"memory_chunk": "AND forgotten_at = NONE AND valid_until = NONE", "knowledge_chunk": ""}
EXCERPT = 160


async def contradictions(database: Database, seen: Visibility, limit: int) -> list[Row]:
    """What was said against an authoritative fact, and nobody has settled."""
    where, variables = condition(seen)
    return await database.rows(
        f"""SELECT record::id(id) AS id, about, reason, claim.key AS key, claim.value AS value, created_at
        FROM uncertainty WHERE resolved = false AND claim != NONE AND forgotten_at = NONE AND valid_until = NONE
        AND {where} LIMIT $limit""",
        variables | {"limit": limit},
    )


async def injection(database: Database, seen: Visibility, limit: int) -> list[Row]:
    """Remembered text that reads like an order to whatever model it is shown to."""
    where, variables = condition(seen)
    found: list[Row] = []
    for table, living in SEARCHED.items():
        found += await database.rows(
            f"SELECT id, text FROM {table} WHERE {where} {living} AND string::matches(text, $pattern) LIMIT $limit",
            variables | {"pattern": PATTERN, "limit": limit},
        )
    return [_excerpt(row) for row in found[:limit]]


async def duplicates(database: Database, seen: Visibility, threshold: float, limit: int) -> list[Row]:
    """Living entities of one type and scope whose names are that near in meaning."""
    where, variables = condition(seen)
    rows = await database.rows(
        f"SELECT id, name, type, scope, {vectors.ENCODED} AS embedding FROM entity WHERE {LIVING} AND {where}",
        variables,
    )
    groups: defaultdict[tuple[str, Scope], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["type"], scope_of(row["scope"])].append(row)
    pairs = [pair for group in groups.values() for pair in _pairs(group, threshold)]
    return sorted(pairs, key=lambda pair: -pair["similarity"])[:limit]


def _pairs(group: list[Row], threshold: float) -> list[Row]:
    matrix = np.array([vectors.decode(row["embedding"]) for row in group])
    matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    found: list[Row] = []
    for number, row in enumerate(group):
        similarity = matrix[number + 1 :] @ matrix[number]
        found += [
            {"type": row["type"], "a": row["name"], "b": group[number + 1 + at]["name"], "similarity": float(score)}
            for at, score in enumerate(similarity.tolist())
            if score >= threshold
        ]
    return found


def _excerpt(row: Row) -> Row:
    match = INJECTION.search(row["text"])
    begin = max(0, match.start() - EXCERPT // 4) if match else 0
    return {"ref": str(row["id"]), "excerpt": row["text"][begin : begin + EXCERPT]}
