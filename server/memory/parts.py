"""The parts that remember, put together."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.control.audit import AuditLog
from server.control.models import ContextModels
from server.core.clock import Clock
from server.core.ids import Ids
from server.index.writes import IndexWrites
from server.memory.derivation import Derivation
from server.memory.forgetting.forgetting import Forgetting, Keeping
from server.memory.locks import Locks
from server.memory.remembering import Remembering
from server.memory.scope_tree import ScopeTree
from server.memory.sessions import Sessions
from server.memory.tools import Extractors, Toolbox
from server.memory.turns import Turns
from server.observe.traces import TraceLog


@dataclass(frozen=True)
class Memory:
    """What the routes of memory call."""

    sessions: Sessions
    turns: Turns
    toolbox: Toolbox
    remembering: Remembering
    forgetting: Forgetting
    scopes: ScopeTree


def create_memory(
    models: ContextModels,
    extractors: Extractors,
    index: IndexWrites,
    traces: TraceLog,
    audit: AuditLog,
    clock: Clock,
    ids: Ids,
    *,
    others: Sequence[Keeping] = (),
) -> Memory:
    """`others` are the domains that forgetting a scope reaches too."""
    turns = Turns(clock, ids)
    derivation = Derivation(index, Locks(), clock, ids)
    return Memory(
        sessions=Sessions(clock, ids),
        turns=turns,
        toolbox=Toolbox(models, extractors),
        remembering=Remembering(turns, derivation, clock),
        forgetting=Forgetting(index, traces, audit, clock, others),
        scopes=ScopeTree(clock),
    )
