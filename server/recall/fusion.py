"""From signals to one score."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from server.index.search import Signal, Survey
from server.recall.asking import Mode
from server.recall.understanding import Understanding

Scores = npt.NDArray[np.float32]

# Found by fitting a ranking to questions about long conversations, each left out in turn, and rounded.
ALONE = {"coverage": 4.0, "words": 2.5, "cosine": 5.0, "length": 0.7, "asks": -0.8, "names": 0.35}
IN_CONTEXT = {
    "coverage": 1.0,
    "window": 5.5,
    "group": 2.3,
    "cosine": 4.0,
    "around": 1.0,
    "length": 0.7,
    "asks": -0.8,
    "answers": 0.4,
    "answers_match": 2.5,
    "names": 0.35,
    "linked": 0.6,
    "bridged": 0.6,
}
WEIGHTS: Mapping[Mode, Mapping[str, float]] = {
    "vector": {"cosine": 1.0},
    "bm25": {"words": 1.0},
    "hybrid": ALONE,
    "hybrid_graph": IN_CONTEXT,
}
TIMES_WHEN_ASKED = 1.0
NUMBERS_WHEN_ASKED = 1.0
NAMES_WHEN_ASKED = 0.6
DATED = 8.0
# About what the best candidate of an easy question reaches.
FULL_MARKS = 24.0
# Below that share of the words, in it and around it, a candidate speaks of something else.
RELEVANT = 0.2


def fused(survey: Survey, mode: Mode, understanding: Understanding, more: Mapping[str, Signal]) -> Scores:
    """The score of each candidate, about zero to one."""
    signals = {**survey.signals, **more}
    total = np.zeros(len(survey), dtype=np.float32)
    for name, weight in WEIGHTS[mode].items():
        if name in signals:
            total += weight * signals[name]
    if understanding.asks_when:
        total += TIMES_WHEN_ASKED * signals["times"]
    if understanding.asks_how_many:
        total += NUMBERS_WHEN_ASKED * signals["numbers"]
    if understanding.asks_who:
        total += NAMES_WHEN_ASKED * signals["names"]
    if understanding.spans:
        near = [span.closeness(survey.said_at) for span in understanding.spans]
        total += DATED * np.maximum.reduce(near)
    return np.asarray(np.clip(total / FULL_MARKS, 0.0, 1.0), dtype=np.float32)


def relevant(survey: Survey) -> npt.NDArray[np.bool_]:
    """Whether a candidate or what stands around it has words of the question."""
    return np.asarray((survey.signals["coverage"] >= RELEVANT) | (survey.signals["window"] >= RELEVANT))
