"""How much a fact matters: what it starts with, and what a day takes from it."""

from collections.abc import Mapping

INITIAL: Mapping[str, float] = {"identity": 1.0, "knowledge": 0.8, "context": 0.5}
KEPT_A_DAY: Mapping[str, float] = {"identity": 1.0, "knowledge": 0.995, "context": 0.95}
