"""What may be current only once: a key of an entity, or each value of it where it holds many; an edge; a directive."""

from surrealdb import RecordID

from server.core.scope import Scope
from server.core.vocabulary.keys import key_named
from server.memory.names import current_key, normalised
from server.memory.values import canonical


def of_attribute(scope: Scope, entity: RecordID, key: str, value: str) -> str:
    one_of_many = (canonical(key, value),) if key_named(key).many else ()
    return current_key(scope, str(entity), key, *one_of_many)


def of_relation(scope: Scope, subject: RecordID, label: str, target: RecordID) -> str:
    return current_key(scope, str(subject), label, str(target))


def of_instruction(scope: Scope, label: str) -> str:
    return current_key(scope, "instruction", normalised(label))
