"""Observations: what several facts about an entity come to, kept in step with the facts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from surrealdb import RecordID

from server.core.clock import Clock
from server.core.scope import Scope
from server.core.vocabulary.keys import key_named
from server.memory.beliefs import StoredAttribute
from server.memory.extraction.diff import Attribute, Extraction
from server.memory.insight.ground import Bounds, Conclusions, Ground
from server.memory.reading.beliefs import history
from server.memory.reading.instant import Instant
from server.memory.reconciliation.effects import AttributeEffect
from server.memory.tools import Tools

Kind = Literal["create", "update", "supersede"]
OBSERVED = "observed_"
FEWEST = 2
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Observation:
    """What facts of one key of an entity come to; `proof` are their ids."""

    scope: Scope
    entity: RecordID
    key: str
    value: str
    proof: tuple[str, ...]
    rationale: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an observation."""

    entity_name: str
    key: str
    kind: Kind
    value: str
    proof_count: int
    rationale: str
    observation_id: RecordID | None = None


class Consolidation:
    """Draws observations from what is believed, and ends those that nothing speaks for any more."""

    def __init__(self, conclusions: Conclusions, clock: Clock) -> None:
        self._conclusions = conclusions
        self._clock = clock

    async def consolidate(
        self, tools: Tools, bounds: Bounds, *, facts: int, observations: int, dry_run: bool
    ) -> list[Outcome]:
        """Bring at most so many observations up to date, from at most so many facts."""
        ground = await self._conclusions.ground(tools, bounds, limit=facts)
        stored = {(one.entity, one.key): one for one in ground.beliefs.attributes if one.key.startswith(OBSERVED)}
        drawn = {(one.entity, one.key): one for one in await self._drawn(tools, bounds, ground)}
        outcomes: list[Outcome] = []
        for place in sorted({*drawn, *stored}, key=str):
            if len(outcomes) == observations:
                break
            before, now = stored.get(place), drawn.get(place)
            if place[0] not in ground.entities or (before and now and before.value == now.value):
                continue
            # A limit that cut the facts short proves nothing against an observation.
            if now is None and ground.beliefs.truncated:
                continue
            outcomes.append(await self._settled(tools, ground, before, now, dry_run=dry_run))
        return outcomes

    async def _drawn(self, tools: Tools, bounds: Bounds, ground: Ground) -> list[Observation]:
        facts = [one for one in ground.beliefs.attributes if not one.key.startswith(OBSERVED)]
        facts = [one for one in facts if one.entity in ground.entities and bounds.admits(one.scope)]
        found = list(_several(facts))
        instant = Instant.of(self._clock.now())
        for fact in facts:
            if fact.supersedes is not None and not key_named(fact.key).many:
                entity = ground.entities[fact.entity]
                chain = await history(tools.database, bounds.visibility, instant, [entity], fact.key)
                found += _course(fact, [one for one in chain if one.scope == fact.scope])
        return [one for one in found if one.scope == ground.entities[one.entity].scope]

    async def _settled(
        self,
        tools: Tools,
        ground: Ground,
        before: StoredAttribute | None,
        now: Observation | None,
        *,
        dry_run: bool,
    ) -> Outcome:
        """Write an observation that is new, has changed, or has lost its ground."""
        record = now or before
        assert record is not None  # noqa: S101  # one of the two is there
        proof = set(dict(before.source.more).get("proof", ())) if before else set()
        kind: Kind = "create" if not before else "update" if now and proof <= set(now.proof) else "supersede"
        ref = ground.ref(record.entity)
        stated = Attribute(ref, record.key, record.value, key_named(record.key).category, negated=now is None)
        effect: AttributeEffect | None = None
        if not dry_run:
            held = list(now.proof) if now else []
            written = await self._conclusions.write(
                tools, record.scope, "consolidate", Extraction(attributes=(stated,)), proof=held
            )
            effect = written.effects.attributes[0] if written else None
        return Outcome(
            entity_name=ref.name,
            key=record.key,
            kind=kind,
            value=record.value,
            proof_count=len(now.proof) if now else 0,
            rationale=now.rationale if now else f"Fewer than {FEWEST} facts speak for it any more, so it has ended.",
            observation_id=effect.id if effect else None,
        )


def _several(facts: Iterable[StoredAttribute]) -> Iterator[Observation]:
    """Keys that hold several values at once: all of them in one sentence."""
    groups: dict[tuple[Scope, RecordID, str], list[StoredAttribute]] = {}
    for fact in facts:
        if key_named(fact.key).many:
            groups.setdefault((fact.scope, fact.entity, fact.key), []).append(fact)
    for (scope, entity, key), held in groups.items():
        if len(held) >= FEWEST:
            value = f"{_words(key)}: {_listed([one.value for one in held])}"
            reason = f"{len(held)} values of {key} hold at once."
            yield Observation(scope, entity, OBSERVED + key, value, _ids(held), reason)


def _course(fact: StoredAttribute, chain: Sequence[StoredAttribute]) -> Iterator[Observation]:
    """A key whose one value has changed: what it is and what it was before."""
    earlier = [one for one in reversed(chain) if one.id != fact.id and one.value != fact.value]
    if earlier:
        value = f"{_words(fact.key)}: {fact.value}, before that {_listed([one.value for one in earlier])}"
        reason = f"{fact.key} has had {len(earlier) + 1} values."
        yield Observation(fact.scope, fact.entity, OBSERVED + fact.key, value, _ids([fact, *earlier]), reason)


def _ids(facts: Iterable[StoredAttribute]) -> tuple[str, ...]:
    return tuple(sorted(str(fact.id) for fact in facts))


def _words(key: str) -> str:
    return key.replace("_", " ")


def _listed(values: Sequence[str]) -> str:
    named = list(dict.fromkeys(values))
    more = [f"{len(named) - MOST_NAMED} more"] if len(named) > MOST_NAMED else []
    *all_but_last, last = named[:MOST_NAMED] + more
    return f"{', '.join(all_but_last)} and {last}" if all_but_last else last
