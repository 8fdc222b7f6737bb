"""What is told of documents: while they are processed, in every process that hears of their jobs, and at their end."""

from collections import OrderedDict
from typing import Any

from server.control.contexts import Open
from server.core.scope import Scope
from server.documents.document import STATUSES, Document, Status
from server.documents.job import KIND
from server.jobs.job import Job, State
from server.observe.events import EventBus

REMEMBERED = 10_000
DELETED = "deleted"
NO_PROGRESS = {"done": None, "total": None}
# What the state of a job says about its document; while it runs, its stage does.
ENDS: dict[State, Status] = {
    "queued": "queued",
    "retrying": "queued",
    "done": "ready",
    "failed": "failed",
    "dead": "failed",
    "cancelled": "failed",
}


class DocumentNews:
    """Publishes an event for each change of a document's status or progress, and none for any other."""

    def __init__(self, events: EventBus) -> None:
        self._events = events
        self._told: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def heard(self, job: Job) -> None:
        """Listen to jobs."""
        if job.kind != KIND:
            return
        status = status_of(job)
        error = job.last_error if status in ("queued", "failed") else None
        progress = {"done": job.progress_done, "total": job.progress_total}
        told = {"id": job.subject, "status": status, "progress": progress, "error": error, "job_id": job.id}
        before = self._told.get(job.subject)
        # The job of a document that was deleted meanwhile comes to an end too, which is no news of the document.
        if before != told and not (before and before["status"] == DELETED):
            self._tell(job.context_id, told, job.scope)

    def gone(self, opened: Open, document: Document) -> None:
        """Listen to deletions, in the process that made them."""
        told = {"id": document.id, "status": DELETED, "progress": NO_PROGRESS, "error": None, "job_id": None}
        self._tell(opened.context.id, told, document.scope)

    def _tell(self, context_id: str, told: dict[str, Any], scope: Scope) -> None:
        self._told[told["id"]] = told
        self._told.move_to_end(told["id"])
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        self._events.publish("document", context_id, told, scope)


def status_of(job: Job) -> Status:
    """The status that the document of a job has; one that was claimed has begun to be read."""
    if job.state == "running":
        return next((status for status in STATUSES if status == job.stage), "extracting")
    return ENDS[job.state]
