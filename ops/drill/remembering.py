"""Whether what was said in a Context is found again."""

import random
import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal

from ops.drill.report import Finding
from ops.drill.sampling import LOOKED_THROUGH, sample
from spectron.models.memory import Turn
from spectron.sync.context import ContextHandle

SEARCHED = 20
WORDS = 40
# What has no two words worth searching for is found by chance alone.
TELLING = re.compile(r"\w{4,}")
LEAST = 2
QUOTE = "quote"
LOCAL = "local/"
Mode = Literal["hybrid_graph", "bm25"]


class Recalling:
    """Turns are asked for by their own words.

    A drill asks no provider: where that is whose vectors a Context has, words alone are searched for. Without the
    control plane nothing tells whose they are, so that words must do there, too.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def check(self, context: ContextHandle) -> Finding:
        asked, turns = sample(_turns(context), self._chance)
        model = str(context.get().config["models"]["embedding"])
        modes: tuple[Mode, ...] = ("hybrid_graph", "bm25") if model.startswith(LOCAL) else ("bm25",)
        lost = [turn.id for turn in asked if not any(_is_found(context, turn, mode) for mode in modes)]
        detail = f"{len(asked)} of {turns} turns asked for"
        if not model.startswith(LOCAL):
            detail += f" by their words; the vectors are those of {model}, which a drill does not ask"
        return Finding([f"turn {one} is not found by its own words" for one in lost], detail)


def _turns(context: ContextHandle) -> Iterator[Turn]:
    """Those that can be found: neither waiting to be understood, nor repeating what is known."""
    for session in context.sessions.iterate():
        for turn in islice(context.sessions.iterate_turns(session.id), LOOKED_THROUGH):
            if not turn.pending and turn.infer != QUOTE and len({*TELLING.findall(turn.content)}) >= LEAST:
                yield turn


def _is_found(context: ContextHandle, turn: Turn, mode: Mode) -> bool:
    question = " ".join(turn.content.split()[:WORDS])
    hits = context.memory.recall(question, mode=mode, session_id=turn.session, k=SEARCHED, bypass_cache=True).hits
    return any(hit.turn_id == turn.id or turn.content in hit.text or hit.text in turn.content for hit in hits)
