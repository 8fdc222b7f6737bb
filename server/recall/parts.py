"""The parts that recall, put together."""

from dataclasses import dataclass

from server.control.audit import AuditLog
from server.control.contexts import Contexts
from server.control.models import ContextModels
from server.core.clock import Clock
from server.index.search import Index
from server.jobs.handler import Handler
from server.jobs.queue import JobQueue
from server.recall.chat import Chat
from server.recall.contexts import ContextBlocks
from server.recall.recall import Recall
from server.recall.reflection import Reflection
from server.recall.reindexing import KIND, Reindexing
from server.recall.responding import Responding


@dataclass(frozen=True)
class Recalling:
    """What the routes of recall call."""

    recall: Recall
    blocks: ContextBlocks
    index: Index
    chat: Chat
    reflection: Reflection
    reindexing: Reindexing

    @property
    def handlers(self) -> dict[str, Handler]:
        """What it does of what is queued."""
        return {KIND: self.reindexing}


def create_recalling(
    contexts: Contexts, models: ContextModels, index: Index, queue: JobQueue, audit: AuditLog, clock: Clock
) -> Recalling:
    recall = Recall(index, models.embedder, clock)
    responding = Responding(models)
    return Recalling(
        recall,
        ContextBlocks(recall, models.embedder),
        index,
        Chat(recall, responding, clock),
        Reflection(recall, responding, clock),
        Reindexing(contexts, index, queue, audit, clock),
    )
