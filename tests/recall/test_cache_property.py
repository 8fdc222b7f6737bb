"""Whatever is written, changed, forgotten or too old in between: an answer never cites it, and never another scope."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.recall.memory import Memory

THINGS = ("bicycle", "kettle")
USERS = ("alice", "bob")
QUESTIONS = (
    "Is the bicycle red?",
    "is the  bicycle red?",
    "What was said of the kettle?",
    "What of Quirin and the bicycle?",
    "Where does Quirin live?",
    "Give me an overview of everything.",
)
DAY = timedelta(days=1).total_seconds()
LOCATION = "attribute:Person/Quirin/location"

step = st.one_of(
    st.tuples(
        st.just("tell"), st.sampled_from(USERS), st.sampled_from(THINGS), st.sampled_from(["knowledge", "context"])
    ),
    st.tuples(st.just("move"), st.sampled_from(USERS)),
    st.tuples(st.just("forget turn"), st.integers(0, 5)),
    st.tuples(st.just("forget fact"), st.sampled_from(USERS)),
    st.tuples(st.just("expire")),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 400.0])),
    st.tuples(st.just("ask"), st.sampled_from(USERS), st.sampled_from(QUESTIONS)),
)


@dataclass
class Turn:
    """What somebody told."""

    id: str
    user: str
    text: str
    category: str


@dataclass
class World:
    """What is remembered of two users whom no other example knows."""

    memory: Memory
    number: int
    turns: list[Turn] = field(default_factory=list)
    located: dict[str, str] = field(default_factory=dict)
    told: int = 0

    def scope(self, user: str) -> dict[str, str]:
        return {"user": f"{user}{self.number}"}

    async def do(self, action: str, *details: Any) -> None:
        await getattr(self, action.replace(" ", "_"))(*details)

    async def tell(self, user: str, thing: str, category: str) -> None:
        self.told += 1
        text = f"The {thing} is red, {user} told in line {self.number}x{self.told}."
        answer = await self.memory.tell(text, self.scope(user), memory_category=category)
        self.turns.append(Turn(answer["turn_id"], user, text, category))

    async def move(self, user: str) -> None:
        self.told += 1
        self.located[user] = f"Town{self.number}x{self.told}"
        answer = await self.memory.know("Quirin", "location", self.located[user], self.scope(user))
        text = f"Quirin location {self.located[user]}."
        self.turns.append(Turn(answer["turn_id"], user, text, "knowledge"))

    async def forget_turn(self, place: int) -> None:
        if self.turns:
            turn = self.turns.pop(place % len(self.turns))
            await self.memory.forget(f"turn:{turn.id}", self.scope(turn.user))

    async def forget_fact(self, user: str) -> None:
        await self.memory.forget(LOCATION, self.scope(user))
        self.located.pop(user, None)

    async def expire(self) -> None:
        self.memory.app.clock.advance(2 * DAY)
        answer = await self.memory.app.http.post("/api/v1/lifecycle/expire")
        assert answer.status_code == 200, answer.text
        self.turns = [turn for turn in self.turns if turn.category != "context"]

    async def wait(self, seconds: float) -> None:
        self.memory.app.clock.advance(seconds)

    async def ask(self, user: str, question: str) -> None:
        for again in range(2):
            answer = await self.memory.ask(question, self.scope(user))
            for hit in answer["hits"]:
                assert hit["scope"] == self.scope(user), (again, question)
                if hit["source"] == "turn":
                    assert hit["text"] in [turn.text for turn in self.turns if turn.user == user], (again, question)
                else:
                    assert hit["value"] == self.located.get(user), (again, question)


numbers = itertools.count()


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(step, min_size=15, max_size=18))
async def test_no_answer_cites_what_changed_or_is_gone_or_of_another_scope(memory: Memory, steps: list[Any]) -> None:
    policy = [{"scope": {}, "memory_category": "context", "ttl": "1d"}]
    await memory.app.http.put("/api/v1/contexts/acme/retention", json=policy)
    world = World(memory, next(numbers))
    for one in steps:
        for user, question in itertools.product(USERS, QUESTIONS[::3]):
            await world.ask(user, question)
        await world.do(*one)
    for user, question in itertools.product(USERS, QUESTIONS):
        await world.ask(user, question)


async def test_the_cache_is_what_answers_in_between(memory: Memory) -> None:
    world = World(memory, next(numbers))
    await world.tell("alice", "bicycle", "knowledge")
    tiers = [(await memory.ask("Is the bicycle red?", world.scope("alice")))["tier"] for _ in range(3)]
    assert tiers == ["hybrid", "cache", "cache"]
