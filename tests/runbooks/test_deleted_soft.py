"""A person was forgotten by mistake, and comes back."""

from tests.runbooks.conftest import Walking
from tests.support.deployment import Deployment

CONTEXT = "forgetful"
SCOPE = {"user": "maria"}


def test_what_was_forgotten_comes_back(shared: Deployment, walking: Walking) -> None:
    with shared.admin as admin:
        admin.contexts.create(id=CONTEXT, namespace=CONTEXT, database="prod")
        memory = admin.contexts(CONTEXT)
        memory.memory.remember("Maria Silva works at Acme as CTO.", scope=SCOPE)
        memory.entities.delete("Person", "Maria Silva", scope=SCOPE)
        talk = memory.sessions.create(scope=SCOPE)
        memory.memory.remember("It rains.", scope=SCOPE, session_id=talk.id, infer="none")
        memory.sessions.delete(talk.id)
        event = next(memory.iterate_audit(kind="memory")).id
    with walking("deleted-soft", SPECTRON_URL=shared.url, SPECTRON_API_KEY=shared.key) as walk:
        walk.know(CONTEXT=CONTEXT, SINCE="2026-01-01", QUESTION="Where does Maria work?", SCOPE="user=maria")
        assert "memory.erase" not in walk.follow("How it shows")
        walk.follow("First look")
        walk.know(ENTITY="Person/Maria Silva", EVENT=event)
        walk.follow("Fix")
        assert "Acme" in walk.follow("Proof that it is over")
