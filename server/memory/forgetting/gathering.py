"""From what was named to everything that must go with it, so that it can't be read elsewhere."""

import re
from collections.abc import Iterable
from typing import Any

from surrealdb import RecordID

from server.core.visibility import Visibility
from server.core.vocabulary.keys import KEYS, key_named
from server.memory.beliefs import StoredAttribute, attribute_from, attribute_range, attributes_of
from server.memory.entities import StoredEntity, by_ids
from server.memory.forgetting.selection import TABLES, Bounds, Selection
from server.memory.insight.consolidation import OBSERVED
from server.memory.names import folded, normalised
from server.store.engine import Database
from server.store.scoped import condition, narrowed

SHORTEST_NAME = 2
CALLED = "SELECT id, value FROM attribute WHERE string::lowercase(value) CONTAINS ${name} AND {bounds}"
TOLD = """SELECT id, label + ' ' + description AS value FROM instruction
    WHERE string::lowercase(label + ' ' + description) CONTAINS ${name} AND {bounds}"""
DOUBTED = """SELECT id, about + ' ' + reason AS value FROM uncertainty
    WHERE string::lowercase(about + ' ' + reason) CONTAINS ${name} AND {bounds}"""
SAID = "SELECT id, content AS value FROM turn WHERE content CONTAINS ${name} AND {bounds}"


async def gathered(database: Database, bounds: Bounds, named: Selection) -> Selection:
    """The named records with what belongs to them and with the text that they come from."""
    selection = await _of_entities(database, bounds, named)
    selection = await _of_relations(database, bounds, selection)
    selection = await _of_attributes(database, bounds, selection)
    selection = await _of_sessions(database, bounds, selection)
    selection = await _sources(database, bounds, selection)
    return await _orphans(database, bounds, selection)


async def within(database: Database, visibility: Visibility) -> Selection:
    """Every record of a scope; chunks are found by their turns, for reading them all would take long."""
    rule, variables = condition(visibility)
    narrow, texts = narrowed(visibility)
    source = {"entity": f"entity WITH NOINDEX WHERE {narrow}"}
    answers = await database.read(
        ";\n".join(
            f"SELECT VALUE id FROM (SELECT id, scope FROM {source.get(table, table)}) WHERE scope != <set>[] AND {rule}"
            for table in TABLES
            if table != "memory_chunk"
        ),
        variables | texts,
    )
    selection = Selection().plus(record for answer in answers for record in answer)
    chunks = await database.rows(
        "SELECT id FROM memory_chunk WHERE source_turn IN $turns", {"turns": sorted(selection.of("turn"), key=str)}
    )
    return selection.plus(row["id"] for row in chunks)


async def _of_entities(database: Database, bounds: Bounds, selection: Selection) -> Selection:
    """Attributes, edges and chunks of entities, and what else calls them by name."""
    entities = list((await by_ids(database, sorted(selection.of("entity"), key=str))).values())
    if not entities:
        return selection
    within, variables = bounds.condition()
    variables["entities"] = [one.id for one in entities]
    statements = [
        f"SELECT VALUE id FROM array::flatten((SELECT VALUE <->(relates_to).id FROM $entities)) WHERE {within}",
        f"SELECT VALUE id FROM array::flatten((SELECT VALUE <-mentions<-memory_chunk FROM $entities)) WHERE {within}",
    ]
    for number, entity in enumerate(entities):
        low, high = f"low_{number}", f"high_{number}"
        variables[low], variables[high] = attributes_of(entity.id)
        statements.append(f"SELECT VALUE id FROM {attribute_range(f'${low}', f'${high}')} WHERE {within}")
    answers = await database.read("; ".join(statements), variables)
    selection = selection.plus((record for answer in answers for record in answer), _names(entities))
    return selection.plus(await _by_name(database, bounds, entities))


async def _by_name(database: Database, bounds: Bounds, entities: Iterable[StoredEntity]) -> list[RecordID]:
    """Records that hold a name as a word. What people say is searched for the name as it is written."""
    within, variables = bounds.condition()
    statements, searched = [], []
    known = {name for one in entities for name in one.names if len(name) >= SHORTEST_NAME}
    for name in sorted(known):
        statements += [(text, name) for text in (CALLED, TOLD, DOUBTED)]
    statements += [(SAID, one.name) for one in entities if len(one.name) >= SHORTEST_NAME]
    for number, (text, name) in enumerate(statements):
        variables[f"name_{number}"] = name
        searched.append(text.format(name=f"name_{number}", bounds=within))
    answers = await database.read("; ".join(searched), variables) if searched else []
    return [
        row["id"]
        for (_, name), rows in zip(statements, answers, strict=True)
        for row in rows
        if _has_word(row["value"], name)
    ]


async def _of_relations(database: Database, bounds: Bounds, selection: Selection) -> Selection:
    """The values that stand for edges."""
    edges = await database.rows(
        "SELECT in, label, out.name AS name FROM $ids", {"ids": sorted(selection.of("relates_to"), key=str)}
    )
    within, variables = bounds.condition()
    for edge in edges:
        for key in KEYS.values():
            if key.implies and key.implies.label == edge["label"]:
                low, high = attributes_of(edge["in"], key.name)
                rows = await database.rows(
                    f"SELECT id, value FROM {attribute_range('$low', '$high')} WHERE {within}",
                    variables | {"low": low, "high": high},
                )
                selection = selection.plus(row["id"] for row in rows if _leads_to(row["value"], edge["name"]))
    return selection


async def _of_attributes(database: Database, bounds: Bounds, selection: Selection) -> Selection:
    """The edges that values stand for, and the doubts about them."""
    rows = await database.rows("SELECT * FROM $ids", {"ids": sorted(selection.of("attribute"), key=str)})
    attributes = [attribute_from(row) for row in rows]
    within, variables = bounds.condition()
    edges = await _implied(database, within, variables, attributes)
    pairs = {f"{row.entity}|{row.key}" for row in attributes}
    observed = await _observed(database, within, variables, attributes)
    doubts = await database.rows(f"SELECT id, claim FROM uncertainty WHERE claim != NONE AND {within}", variables)
    about = [row["id"] for row in doubts if f"{row['claim']['entity']}|{row['claim']['key']}" in pairs]
    return selection.plus([*edges, *about, *observed], (row.value for row in attributes))


async def _observed(
    database: Database, within: str, variables: dict[str, Any], attributes: Iterable[StoredAttribute]
) -> list[RecordID]:
    """The observations that quote values."""
    found: list[RecordID] = []
    for entity, key in {(row.entity, row.key) for row in attributes}:
        low, high = attributes_of(entity, OBSERVED + key)
        rows = await database.rows(
            f"SELECT id FROM {attribute_range('$low', '$high')} WHERE {within}", variables | {"low": low, "high": high}
        )
        found += [row["id"] for row in rows]
    return found


async def _implied(
    database: Database, within: str, variables: dict[str, Any], attributes: Iterable[StoredAttribute]
) -> list[RecordID]:
    implying = [(row, implies.label) for row in attributes if (implies := key_named(row.key).implies)]
    if not implying:
        return []
    rows = await database.rows(
        f"""SELECT id, in, label, out.name AS name FROM array::flatten((
            SELECT VALUE ->(relates_to WHERE label IN $labels).id FROM $subjects)) WHERE {within}""",
        variables
        | {
            "labels": sorted({label for _, label in implying}),
            "subjects": sorted({row.entity for row, _ in implying}, key=str),
        },
    )
    return [
        row["id"]
        for row in rows
        if any(
            (row["in"], row["label"]) == (one.entity, label) and _leads_to(one.value, row["name"])
            for one, label in implying
        )
    ]


def _leads_to(value: str, name: str) -> bool:
    """Whether a value stands for an edge to whatever has that name."""
    return normalised(value.split(",", maxsplit=1)[0]) == normalised(name)


async def _of_sessions(database: Database, bounds: Bounds, selection: Selection) -> Selection:
    within, variables = bounds.condition()
    turns = await database.rows(
        f"SELECT id FROM turn WHERE session IN $sessions AND {within}",
        variables | {"sessions": sorted(selection.of("session"), key=str)},
    )
    return selection.plus(row["id"] for row in turns)


async def _sources(database: Database, bounds: Bounds, selection: Selection) -> Selection:
    """The turns that the records come from, with all their text and doubts."""
    within, variables = bounds.condition()
    derived = [
        record
        for table in ("entity", "memory_chunk", "attribute", "relates_to", "instruction", "uncertainty")
        for record in selection.of(table)
    ]
    sources = await database.rows("SELECT source_turn FROM $derived WHERE source_turn != NONE", {"derived": derived})
    turns = selection.of("turn") | {row["source_turn"] for row in sources}
    answers = await database.read(
        f"""SELECT VALUE id FROM $turns WHERE {within};
        SELECT VALUE id FROM (SELECT id, scope FROM memory_chunk WHERE source_turn IN $turns) WHERE {within};
        SELECT VALUE id FROM (SELECT id, scope FROM uncertainty WHERE source_turn IN $turns) WHERE {within}""",
        variables | {"turns": sorted(turns, key=str)},
    )
    return selection.plus(record for answer in answers for record in answer)


async def _orphans(database: Database, bounds: Bounds, selection: Selection) -> Selection:
    """The entities that were only known as the other end of edges that go: nothing is left to be said of them."""
    rows = await database.rows("SELECT out FROM $edges", {"edges": sorted(selection.of("relates_to"), key=str)})
    ends = sorted({row["out"] for row in rows} - selection.of("entity"), key=str)
    rule, variables = bounds.condition()
    for end in ends:
        low, high = attributes_of(end)
        answers = await database.read(
            f"""SELECT VALUE id FROM $end WHERE forgotten_at = NONE AND {rule};
            SELECT VALUE id FROM {attribute_range("$low", "$high")} WHERE forgotten_at = NONE;
            SELECT VALUE id FROM array::flatten((SELECT VALUE <->(relates_to).id FROM $end)) WHERE forgotten_at = NONE;
            SELECT VALUE id FROM array::flatten((SELECT VALUE <-mentions<-memory_chunk FROM $end))
                WHERE forgotten_at = NONE""",
            variables | {"end": end, "low": low, "high": high},
        )
        itself, *said = answers
        kept = {record for answer in said for record in answer}
        if itself and all(record in selection.of(record.table_name) for record in kept):
            selection = selection.plus(itself)
    return selection


def _names(entities: Iterable[StoredEntity]) -> set[str]:
    return {name for one in entities for name in (one.name, *one.names) if len(name) >= SHORTEST_NAME}


def _has_word(text: str, name: str) -> bool:
    exact = name != normalised(name)
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text if exact else folded(text)))
