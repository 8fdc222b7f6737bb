"""A Context asks its provider until the month's tokens are used up."""

from tests.runbooks.conftest import Walking
from tests.runbooks.provider import GOOD_KEY, TOKENS
from tests.support.deployment import Deployment

CONTEXT = "chatty"
CONFIG = {
    "token_limit": TOKENS,
    "models": {"response": "openai/gpt-4o-mini"},
    "providers": {"openai": GOOD_KEY},
}
QUESTION = "Where does Maria work?"


def test_a_raised_limit_is_in_force_at_once(shared: Deployment, walking: Walking) -> None:
    with shared.admin as admin:
        admin.contexts.create(id=CONTEXT, namespace=CONTEXT, database="prod", config=CONFIG)
        chatty = admin.contexts(CONTEXT)
        chatty.memory.remember("Maria Silva works at Acme as CTO.")
        chatty.memory.chat(QUESTION)
        chatty.keys.create(name="app")
    with walking("token-limit", SPECTRON_URL=shared.url, SPECTRON_API_KEY=shared.key, CONTEXT=CONTEXT) as walk:
        walk.know(LIMIT="1000000", PER_MINUTE="600", QUESTION=QUESTION)
        walk.follow("How it shows")
        walk.follow("First look")
        walk.follow("Fix")
        walk.follow("Proof that it is over")
    with shared.admin as admin:
        assert admin.contexts(CONTEXT).memory.chat(QUESTION).reply == "Maria works at Acme."
