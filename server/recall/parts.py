"""The parts that recall, put together."""

from dataclasses import dataclass

from server.control.models import ContextModels
from server.core.clock import Clock
from server.index.search import Index
from server.recall.chat import Chat
from server.recall.contexts import ContextBlocks
from server.recall.recall import Recall
from server.recall.reflection import Reflection
from server.recall.responding import Responding


@dataclass(frozen=True)
class Recalling:
    """What the routes of recall call."""

    recall: Recall
    blocks: ContextBlocks
    index: Index
    chat: Chat
    reflection: Reflection


def create_recalling(models: ContextModels, index: Index, clock: Clock) -> Recalling:
    recall = Recall(index, models.embedder, clock)
    responding = Responding(models)
    return Recalling(
        recall,
        ContextBlocks(recall, models.embedder),
        index,
        Chat(recall, responding, clock),
        Reflection(recall, responding, clock),
    )
