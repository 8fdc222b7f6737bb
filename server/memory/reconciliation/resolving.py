"""From the names in a turn to entities of its scope, known or new."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from surrealdb import RecordID

from server.core.vocabulary.keys import EntityType
from server.memory.entities import FIELDS, LIVING, StoredEntity, entity_from
from server.memory.extraction.diff import Entity, EntityRef
from server.memory.names import canonical_type, entity_id, normalised
from server.memory.reconciliation.basis import Basis
from server.memory.reconciliation.matching import Candidate, Match, fuller, match, part_of
from server.store.engine import Database
from server.store.scoped import attribute_ids, text_of

MAX_CANDIDATES = 200
_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Resolved:
    """The entity that a name stands for; `stored` is its row, also a forgotten one that is to live again.

    `called` holds the names that the turn has for it, in their normalised form.
    """

    candidate: Candidate
    stored: StoredEntity | None = None
    called: frozenset[str] = frozenset()

    @property
    def id(self) -> RecordID:
        return self.candidate.id

    @property
    def ref(self) -> EntityRef:
        return EntityRef(self.candidate.type, self.candidate.name)

    @property
    def known(self) -> bool:
        return self.stored is not None and self.stored.forgotten_at is None


@dataclass(slots=True)
class Resolution:
    """Every name of a turn with its entity, and the names that could mean several."""

    by_ref: dict[EntityRef, RecordID] = field(default_factory=dict)
    entities: dict[RecordID, Resolved] = field(default_factory=dict)
    torn: dict[EntityRef, tuple[Candidate, ...]] = field(default_factory=dict)

    def of(self, ref: EntityRef) -> Resolved:
        return self.entities[self.by_ref[ref]]

    def id_of(self, ref: EntityRef) -> RecordID:
        return self.by_ref[ref]


async def resolve(database: Database, basis: Basis, mentioned: Sequence[Entity]) -> Resolution:
    """Find or name an entity for each mention, in the order of the turn."""
    rows = await _exact(database, basis, mentioned)
    candidates = {row.id: _candidate(row, basis) for row in rows.values() if _lives(row)}
    unmatched = [one for one in mentioned if _match(one, list(candidates.values())).meant is None]
    if unmatched:
        similar = await _similar(database, basis, unmatched)
        rows |= similar
        candidates |= {row.id: _candidate(row, basis) for row in similar.values() if row.id not in candidates}
    resolution = Resolution()
    for mention in mentioned:
        _settle(mention, basis, resolution, candidates, rows)
    return resolution


def _settle(
    mention: Entity,
    basis: Basis,
    resolution: Resolution,
    candidates: dict[RecordID, Candidate],
    rows: Mapping[RecordID, StoredEntity],
) -> None:
    found = _match(mention, list(candidates.values()))
    if found.torn_between:
        resolution.torn[mention.ref] = found.torn_between
    meant = found.meant or _new(mention, basis)
    known = candidates.get(meant.id, meant)
    name = known.name if known.certain_only else fuller(known.name, mention.name.strip())
    names = {one for one in (mention.name, *mention.aliases) if not part_of(name, one)}
    grown = replace(known, name=name, aliases=known.aliases | set(map(normalised, names)))
    candidates[meant.id] = grown
    resolution.by_ref[mention.ref] = meant.id
    before = resolution.entities.get(meant.id)
    called = {normalised(mention.name)} | (before.called if before else frozenset())
    resolution.entities[meant.id] = Resolved(grown, rows.get(meant.id), frozenset(called))


def _match(mention: Entity, candidates: Sequence[Candidate]) -> Match:
    return match(canonical_type(mention.type), mention.name, mention.aliases, candidates)


def _new(mention: Entity, basis: Basis) -> Candidate:
    identity = entity_id(mention.type, mention.name, basis.scope)
    is_user = mention.ref == basis.user
    return Candidate(
        identity,
        canonical_type(mention.type),
        mention.name.strip(),
        memory_category=mention.memory_category,
        certain_only=is_user,
    )


def _candidate(row: StoredEntity, basis: Basis) -> Candidate:
    is_user = row.type == basis.user.type and normalised(basis.user.name) in row.names
    return Candidate(row.id, row.type, row.name, row.names, row.memory_category, certain_only=is_user)


def _lives(row: StoredEntity) -> bool:
    return row.forgotten_at is None


async def _exact(database: Database, basis: Basis, mentioned: Sequence[Entity]) -> dict[RecordID, StoredEntity]:
    """Rows of the scope that go by one of the names; forgotten ones too, because their ids are taken."""
    names = sorted({normalised(name) for mention in mentioned for name in (mention.name, *mention.aliases)})
    ids = [
        entity_id(type_name, mention.name, basis.scope) for mention in mentioned for type_name in _types(mention.type)
    ]
    text = f"""
        SELECT {FIELDS} FROM $ids;
        SELECT {FIELDS} FROM (SELECT {FIELDS} FROM entity WHERE aliases CONTAINSANY $names)
            WHERE scope = <set>$scope AND {LIVING}"""
    by_id, by_alias = await database.read(text, {"ids": ids, "names": names, "scope": attribute_ids(basis.scope)})
    return {row["id"]: entity_from(row) for row in (*by_id, *by_alias)}


def _types(mentioned: str) -> Iterable[str]:
    """A thing may turn out to be somebody, and somebody may have been taken for a thing."""
    canonical = canonical_type(mentioned)
    return dict.fromkeys([canonical, *get_args(EntityType)]) if canonical == "Thing" else (canonical, "Thing")


async def _similar(database: Database, basis: Basis, mentioned: Sequence[Entity]) -> dict[RecordID, StoredEntity]:
    """Rows of the scope whose names share a word, or most of a long one, with a name that is not known."""
    words = sorted({word for mention in mentioned for word in normalised(mention.name).split()})
    parts = [f"{before}{word}{after}" for word in words for before in "| " for after in "| "]
    parts += [end for word in words if len(word) > _LETTERS for end in (word[:_LETTERS], word[-_LETTERS:])]
    variables: dict[str, Any] = {f"part_{number}": part for number, part in enumerate(dict.fromkeys(parts))}
    shares = " OR ".join(f"known_as CONTAINS ${name}" for name in variables) or "false"
    rows = await database.rows(
        f"""SELECT {FIELDS} FROM (SELECT {FIELDS} FROM entity WITH NOINDEX
                WHERE scope_text = $scope_text AND {LIVING} AND ({shares}) LIMIT {MAX_CANDIDATES})
            WHERE scope = <set>$scope""",
        variables | {"scope": attribute_ids(basis.scope), "scope_text": text_of(basis.scope)},
    )
    return {row["id"]: entity_from(row) for row in rows}
