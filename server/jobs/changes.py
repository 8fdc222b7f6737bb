"""Who is told when a job changes."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from server.jobs.job import Job

REMEMBERED = 10_000

Listener = Callable[[Job], object]


class Changes:
    """Passes each version of a job on once, however often and in whatever order it is heard of."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._told: OrderedDict[str, datetime] = OrderedDict()

    def listen(self, listener: Listener) -> None:
        """Call it for every change from now on; it must neither fail nor take long."""
        self._listeners.append(listener)

    def tell(self, job: Job) -> Job:
        """Pass a job on, unless this version of it or a later one has been; returns it."""
        told = self._told.get(job.id)
        if told is None or told < job.updated_at:
            self._told[job.id] = job.updated_at
            self._told.move_to_end(job.id)
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
            self._pass_on(job)
        return job

    def show(self, job: Job) -> None:
        """Pass on how a job stands whose latest version is this one, but for what is not written yet."""
        if self._told.get(job.id) == job.updated_at:
            self._pass_on(job)

    def _pass_on(self, job: Job) -> None:
        for listener in self._listeners:
            listener(job)
