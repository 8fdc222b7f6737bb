"""Prompt blocks: what an agent should have in front of it."""

import asyncio
from dataclasses import dataclass, replace

from server.control.contexts import Open
from server.control.models import EmbedderOf
from server.recall import conversation
from server.recall.asking import Asking
from server.recall.hits import Hit, Recalled
from server.recall.prompt import RECENT, TOLD, Prompt
from server.recall.recall import Recall

MOST_TURNS = 40
# How much of the budget the conversation itself may take.
SHARE_OF_TURNS = 0.5
LONGEST_QUESTION = 2000


@dataclass(frozen=True, slots=True)
class Block:
    """The text, what it rests on, and what it costs."""

    text: str
    hits: tuple[Hit, ...]
    recalled: Recalled | None
    tokens: int
    truncated: bool


class ContextBlocks:
    """Writes what is recalled as one text."""

    def __init__(self, recall: Recall, embedder_of: EmbedderOf) -> None:
        self._recall = recall
        self._embedder_of = embedder_of

    async def of_question(self, opened: Open, asking: Asking, budget: int) -> Block:
        """Everything that helps to answer one question."""
        recalled, told = await asyncio.gather(
            self._recall.recall(opened, asking), conversation.instructions(opened.database, asking.visibility)
        )
        prompt = await self._prompt(opened, budget)
        prompt.add(TOLD, told)
        hits = prompt.add_evidence(recalled.hits)
        return Block(prompt.text, tuple(hits), recalled, prompt.used, prompt.truncated)

    async def of_session(self, opened: Open, session_id: str, asking: Asking, budget: int) -> Block:
        """The conversation so far, with what is known beyond it; without a question, about what was said last."""
        turns = await conversation.recent(opened.database, asking.visibility, session_id, MOST_TURNS)
        prompt = await self._prompt(opened, budget)
        prompt.add(TOLD, await conversation.instructions(opened.database, asking.visibility))
        lines = [str(turn) for turn in turns]
        prompt.add(RECENT, lines, up_to=int((budget - prompt.used) * SHARE_OF_TURNS), newest_last=True)
        said = asking.query or next((turn.content for turn in turns if turn.role == "user"), "")
        recalled, hits = None, []
        if said.strip():
            recalled = await self._recall.recall(opened, replace(asking, query=said[:LONGEST_QUESTION]))
            shown = {turn.content for turn in turns}
            hits = prompt.add_evidence(hit for hit in recalled.hits if hit.text not in shown)
        return Block(prompt.text, tuple(hits), recalled, prompt.used, prompt.truncated)

    async def _prompt(self, opened: Open, budget: int) -> Prompt:
        embedder = await self._embedder_of(opened)
        return Prompt(budget, embedder.count_tokens)
