"""Telling an occupation by its words."""

from collections.abc import Sequence

from server.memory.extraction.heuristic.lexicon import Lexicon

LONGEST_HEAD = 3
SHORTEST_DERIVED = 8


def is_job(lexicon: Lexicon, words: Sequence[str]) -> bool:
    """Whether words end in an occupation: senior data engineer, teachers, beekeeper."""
    if not words:
        return False
    last = words[-1]
    heads = {last, last.removesuffix("s"), last.removesuffix("es"), last.removesuffix("men") + "man"}
    for length in range(1, LONGEST_HEAD + 1):
        if any(" ".join((*words[-length:-1], head)) in lexicon.occupations for head in heads):
            return True
    return len(last) >= SHORTEST_DERIVED and last.removesuffix("s").endswith(lexicon.occupation_endings)
