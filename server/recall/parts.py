"""The parts that recall, put together."""

from dataclasses import dataclass

from server.control.models import ContextModels
from server.core.clock import Clock
from server.index.search import Index
from server.recall.contexts import ContextBlocks
from server.recall.recall import Recall


@dataclass(frozen=True)
class Recalling:
    """What the routes of recall call."""

    recall: Recall
    blocks: ContextBlocks
    index: Index


def create_recalling(models: ContextModels, index: Index, clock: Clock) -> Recalling:
    recall = Recall(index, models.embedder, clock)
    return Recalling(recall, ContextBlocks(recall, models.embedder), index)
