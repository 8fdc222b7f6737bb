"""The parts that remember, put together."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.control.audit import AuditLog
from server.control.contexts import Contexts
from server.control.models import ContextModels
from server.core.clock import Clock
from server.core.ids import Ids
from server.index.writes import IndexWrites
from server.memory.backlog import Backlog
from server.memory.derivation import Derivation
from server.memory.forgetting.forgetting import Forgetting, Keeping
from server.memory.insight.consolidation import Consolidation
from server.memory.insight.elaboration import Elaboration
from server.memory.insight.ground import Conclusions
from server.memory.linking import Linking
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
    backlog: Backlog
    consolidation: Consolidation
    elaboration: Elaboration
    linking: Linking


def create_memory(
    contexts: Contexts,
    models: ContextModels,
    extractors: Extractors,
    index: IndexWrites,
    traces: TraceLog,
    audit: AuditLog,
    clock: Clock,
    ids: Ids,
    *,
    alone: bool,
    others: Sequence[Keeping] = (),
) -> Memory:
    """`others` are the domains that forgetting a scope reaches too."""
    turns, toolbox = Turns(clock, ids), Toolbox(models, extractors)
    derivation = Derivation(index, Locks(), clock, ids)
    remembering = Remembering(turns, derivation, clock)
    conclusions = Conclusions(derivation, clock)
    return Memory(
        sessions=Sessions(clock, ids),
        turns=turns,
        toolbox=toolbox,
        remembering=remembering,
        forgetting=Forgetting(index, traces, audit, clock, others),
        scopes=ScopeTree(clock),
        consolidation=Consolidation(conclusions, clock),
        elaboration=Elaboration(conclusions),
        backlog=Backlog(contexts, turns, remembering, toolbox, traces, clock, ids, alone=alone),
        linking=Linking(clock),
    )
