"""Taking turns in: stored first, then understood, then worked into what is believed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog

from server.core.clock import Clock
from server.core.errors import ProviderError
from server.core.ids import Ids
from server.core.scope import Scope
from server.memory.beliefs import Source, SourceKind
from server.memory.derivation import Derivation, Derived
from server.memory.derived_before import derived_before
from server.memory.entities import LIVING
from server.memory.extraction.diff import EntityRef, Extraction
from server.memory.extraction.extractor import TurnInput
from server.memory.names import folded
from server.memory.reconciliation.basis import Basis
from server.memory.reconciliation.effects import Effects
from server.memory.speaker import speaker_of, user_of
from server.memory.tools import Tools
from server.memory.triples import extraction_of, triple_from
from server.memory.turns import Infer, NewTurn, Turn, Turns
from server.store.engine import Database
from server.store.scoped import text_of

PREVIOUS_TURNS = 4
MAX_KNOWN = 64
SOURCES: dict[Infer, SourceKind] = {
    "full": "turn",
    "triples": "document",
    "reflection": "reflect",
    "none": "turn",
    "quote": "turn",
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A stored turn; `derived` is None while what follows from it is still to be worked out."""

    turn: Turn
    derived: Derived | None


class Remembering:
    """Remembers turns of conversations, one by one or a whole conversation at once."""

    def __init__(self, turns: Turns, derivation: Derivation, clock: Clock) -> None:
        self._turns = turns
        self._derivation = derivation
        self._clock = clock
        self._at: set[str] = set()

    def is_at(self, turn: Turn) -> bool:
        """Whether this process is deriving a turn right now."""
        return turn.id in self._at

    async def remember(
        self, tools: Tools, session_id: str, scope: Scope, new: NewTurn, ids: Ids | None = None
    ) -> Remembered:
        """Store a turn and derive what it states before answering; with `ids` that repeat it is stored once."""
        turns = await self._turns.append(tools.database, session_id, scope, [new], ids)
        with self._working_on(turns):
            return await self._one(tools, turns[0])

    async def remember_all(
        self,
        tools: Tools,
        session_id: str,
        scope: Scope,
        new: Sequence[NewTurn],
        ids: Ids | None = None,
        *,
        whole: bool,
    ) -> list[Remembered]:
        """Store a conversation; with `whole` it is understood at once and counted for its last turn."""
        turns = await self._turns.append(tools.database, session_id, scope, new, ids)
        with self._working_on(turns):
            if whole:
                return await self._as_one(tools, turns)
            return [await self._one(tools, turn) for turn in turns]

    async def preview(self, tools: Tools, scope: Scope, new: NewTurn, previous: Sequence[str] = ()) -> Effects:
        """What a turn would change; nothing is written."""
        said_at = new.occurred_at or self._clock.now()
        basis = self._basis(scope, Source(SOURCES[new.infer], said_at), new.labels, new)
        extraction = await self._extracted(tools, new, said_at, scope, previous)
        return await self._derivation.preview(tools, basis, extraction)

    async def derive(self, tools: Tools, turn: Turn) -> Derived | None:
        """Work a stored turn in; when a provider fails, it stays as it is for the next sweep."""
        try:
            before = await self._turns.before(tools.database, turn, PREVIOUS_TURNS) if turn.infer == "full" else []
            said = [one.content for one in before]
            extraction = await self._extracted(tools, turn, turn.said_at, turn.scope, said)
            return await self._derivation.derive(tools, [turn], self._basis_of(turn), extraction)
        except ProviderError as error:
            log.warning("turn.not_derived", turn=turn.id, reason=error.detail)
            return None

    @contextmanager
    def _working_on(self, turns: Sequence[Turn]) -> Iterator[None]:
        ids = {turn.id for turn in turns}
        self._at |= ids
        try:
            yield
        finally:
            self._at -= ids

    async def _one(self, tools: Tools, turn: Turn) -> Remembered:
        """Derive a turn, or tell what was derived from it by somebody else or at another attempt."""
        derived = None if turn.extracted_at else await self.derive(tools, turn)
        return Remembered(turn, derived or await derived_before(tools.database, [turn]))

    async def _as_one(self, tools: Tools, turns: Sequence[Turn]) -> list[Remembered]:
        last = turns[-1]
        if last.extracted_at:
            before = await derived_before(tools.database, turns)
            return [Remembered(turn, before) for turn in turns]
        try:
            whole = "\n".join(turn.content for turn in turns if turn.role == "user")
            others = [turn.content for turn in turns if turn.role != "user"]
            extraction = await tools.extractor.extract(
                TurnInput(whole, last.said_at, "user", speaker_of(last.scope), others),
                await _known(tools.database, last.scope, whole),
            )
            derived = await self._derivation.derive(tools, turns, self._basis_of(last), extraction)
        except ProviderError as error:
            log.warning("turn.not_derived", turn=last.id, reason=error.detail)
            derived = None
        derived = derived or await derived_before(tools.database, turns)
        return [Remembered(turn, derived) for turn in turns]

    async def _extracted(
        self, tools: Tools, turn: Turn | NewTurn, said_at: datetime, scope: Scope, previous: Sequence[str]
    ) -> Extraction:
        match turn.infer:
            case "none" | "quote":
                return Extraction()
            case "triples" | "reflection":
                stated = (turn.metadata or {}).get("triples", ())
                return extraction_of([triple_from(document) for document in stated])
            case "full":
                said = TurnInput(turn.content, said_at, turn.role, speaker_of(scope), previous)
                return await tools.extractor.extract(said, await _known(tools.database, scope, turn.content))

    def _basis_of(self, turn: Turn) -> Basis:
        source = Source(SOURCES[turn.infer], turn.said_at)
        return Basis(
            scope=turn.scope,
            source=source,
            recorded_at=self._clock.now(),
            user=user_of(turn.scope),
            turn=turn.record,
            labels=turn.labels,
            memory_category=turn.memory_category,
        )

    def _basis(self, scope: Scope, source: Source, labels: Sequence[str], new: NewTurn) -> Basis:
        return Basis(scope, source, self._clock.now(), user_of(scope), None, tuple(labels), new.memory_category)


async def _known(database: Database, scope: Scope, text: str) -> list[EntityRef]:
    """The entities of a scope whose names stand in the text."""
    rows = await database.rows(
        f"SELECT type, name FROM entity WITH NOINDEX WHERE scope_text = $scope_text AND {LIVING} "
        f"AND normalised IN $text LIMIT {MAX_KNOWN}",
        {"scope_text": text_of(scope), "text": folded(text)},
    )
    return [EntityRef(row["type"], row["name"]) for row in rows]
