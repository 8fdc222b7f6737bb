"""The parts that remember, put together."""

from dataclasses import dataclass

from server.control.models import ContextModels
from server.core.clock import Clock
from server.core.ids import Ids
from server.index.writes import IndexWrites
from server.memory.derivation import Derivation
from server.memory.locks import Locks
from server.memory.remembering import Remembering
from server.memory.sessions import Sessions
from server.memory.tools import Extractors, Toolbox
from server.memory.turns import Turns


@dataclass(frozen=True)
class Memory:
    """What the routes of memory call."""

    sessions: Sessions
    turns: Turns
    toolbox: Toolbox
    remembering: Remembering


def create_memory(models: ContextModels, extractors: Extractors, index: IndexWrites, clock: Clock, ids: Ids) -> Memory:
    turns = Turns(clock, ids)
    derivation = Derivation(index, Locks(), clock, ids)
    return Memory(
        sessions=Sessions(clock, ids),
        turns=turns,
        toolbox=Toolbox(models, extractors),
        remembering=Remembering(turns, derivation, clock),
    )
