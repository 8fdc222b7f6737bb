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
# Where a candidate is as likely to be meant as not, and how quickly that changes.
EVEN = 9.0
SLOPE = 4.0


def fused(survey: Survey, mode: Mode, understanding: Understanding, more: Mapping[str, Signal]) -> Scores:
    """The score of each candidate, between zero and one."""
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
    return np.asarray(1 / (1 + np.exp((EVEN - total) / SLOPE)), dtype=np.float32)


def relevant(survey: Survey, understanding: Understanding) -> npt.NDArray[np.bool_]:
    """Whether a candidate or what stands around it has a word of the question, or is of a time that it names."""
    near = [span.closeness(survey.said_at) == 1 for span in understanding.spans]
    words = survey.signals["coverage"] + survey.signals["window"] > 0
    return np.asarray(np.logical_or.reduce([words, *near]), dtype=np.bool_)
