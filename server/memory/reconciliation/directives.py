"""Instructions to the agent: one under a label is in force in a scope."""

from collections.abc import Iterable
from dataclasses import dataclass

from surrealdb import RecordID

from server.core.ids import Ids
from server.memory.current_keys import of_instruction
from server.memory.extraction.diff import Instruction
from server.memory.names import normalised
from server.memory.reconciliation.basis import Basis
from server.memory.reconciliation.effects import Action, InstructionEffect
from server.memory.reconciliation.known import StoredInstruction


@dataclass(frozen=True, slots=True)
class Directive:
    """An instruction to be recorded, and the one that it replaces."""

    id: RecordID
    label: str
    description: str
    current_key: str
    replaces: StoredInstruction | None


class DirectiveBook:
    """The instructions that a turn touches."""

    def __init__(self, basis: Basis, ids: Ids, stored: Iterable[StoredInstruction]) -> None:
        self._basis = basis
        self._ids = ids
        self._stored = {row.current_key: row for row in stored}
        self._new: dict[str, Directive] = {}

    def state(self, stated: Instruction) -> InstructionEffect:
        key = of_instruction(self._basis.scope, stated.label)
        known = self._new.get(key) or self._stored.get(key)
        if known is not None and normalised(known.description) == normalised(stated.description):
            return InstructionEffect(known.id, stated.label, stated.description, "confirmed")
        record = RecordID("instruction", self._ids.id())
        self._new[key] = Directive(record, stated.label, stated.description, key, self._stored.get(key))
        action: Action = "superseded" if known else "created"
        return InstructionEffect(record, stated.label, stated.description, action)

    def created(self) -> list[Directive]:
        return list(self._new.values())
