"""Making a set: every part on its own, so that one that fails stops no other."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Literal, ParamSpec, TypeVar

from ops.backup.alarms import Alarms
from ops.backup.inventory import Inventory
from ops.backup.plan import Plan
from ops.dump import DumpWatch
from ops.errors import DamagedError, LockedError, OpsError
from ops.progress import Reporter
from ops.repository.lock import Lock
from ops.repository.manifest import Dump, Failure, Manifest, Objects
from ops.repository.names import context_dump, control_dump, set_id
from ops.repository.sets import Repository
from ops.source import ContextBinding, Source
from spectron.errors import SpectronError

P = ParamSpec("P")
T = TypeVar("T")

CONTROL = "control plane"
CONTEXTS = "contexts"
OBJECTS = "objects"


class Backup:
    """One run; `make` answers what became of it."""

    def __init__(
        self, source: Source, repository: Repository, plan: Plan, *, reporter: Reporter, version: str, token: str
    ) -> None:
        self._source = source
        self._repository = repository
        self._plan = plan
        self._reporter = reporter
        self._version = version
        self._id = set_id(repository.now(), token)
        self._earlier = repository.listing().sets
        self._alarms = Alarms(self._earlier, max_drop=plan.max_drop, declared_empty=plan.declared_empty)
        self._failures: list[Failure] = []
        self._notices: list[str] = []
        self.remarks: list[str] = []
        """What was put right in passing, and what looks odd and is not."""

    def make(self) -> Manifest:
        """Write the set; published even if parts of it failed, unless nothing at all could be saved."""
        started = self._repository.now()
        with self._repository.lock("a backup").held() as lock:
            self._tidy(lock)
            self._check_clock(started)
            bindings = self._bindings()
            attempts = [self._attempt(binding.id, self._context, binding) for binding in bindings]
            contexts = [dump for dump in attempts if dump is not None]
            control = self._attempt(CONTROL, self._control)
            objects = self._attempt(OBJECTS, self._objects, [binding.id for binding in bindings])
            manifest = self._manifest(started, contexts, control, objects)
            if manifest.dumps:
                self._repository.publish(manifest, lock)
            else:
                self._clear(lock)
        return manifest

    def _bindings(self) -> list[ContextBinding]:
        """The Contexts to save; a list that can't be had is a failure of that alone."""
        found = self._attempt(CONTEXTS, self._source.contexts)
        if found is None:
            return []
        if self._plan.contexts is None:
            self._notices += self._alarms.about_contexts(binding.id for binding in found)
            return found
        for name in sorted(self._plan.contexts - {binding.id for binding in found}):
            self._failures.append(Failure(part=name, message="There is no such Context; `spectronctl contexts list`."))
        return [binding for binding in found if binding.id in self._plan.contexts]

    def _context(self, binding: ContextBinding) -> Dump:
        name = context_dump(self._id, binding.id, self._plan.recipients)
        dump = self._dump(name, "context", binding.id, self._source.export(binding.id))
        return dump.model_copy(update={"namespace": binding.namespace, "database": binding.database})

    def _control(self) -> Dump:
        return self._dump(control_dump(self._id, self._plan.recipients), "control", None, self._source.export_control())

    def _dump(
        self, name: str, kind: Literal["context", "control"], context: str | None, stream: Iterator[bytes]
    ) -> Dump:
        watch = DumpWatch()
        advance = self._reporter.part(context or CONTROL, self._expected(context))

        def see(piece: bytes) -> None:
            watch.feed(piece)
            advance(len(piece))

        try:
            file = self._repository.add(name, stream, self._plan.recipients, see)
            header, trailer = watch.summary()
            if (header.kind, header.context_id) != (kind, context):
                raise DamagedError(
                    f"The server answered the dump of {header.context_id or header.kind}. Check what answers at "
                    f"{self._source.name}."
                )
        except SpectronError:
            # What is left of it would be cleared by the next run; the first error is the one to tell.
            with suppress(OpsError):
                self._repository.storage.delete(name)
            raise
        dump = Dump(file=file, kind=kind, context=context, header=header, trailer=trailer)
        warnings = tuple(self._alarms.about(dump))
        if not warnings:
            self.remarks += [f"{dump.name}: {remark}." for remark in self._alarms.remarks(dump)]
        return dump.model_copy(update={"warnings": warnings})

    def _objects(self, contexts: list[str]) -> Objects:
        inventory = Inventory(
            self._source,
            self._repository,
            self._id,
            self._plan.recipients,
            copying=self._plan.with_objects,
            earlier=self._earlier,
            reporter=self._reporter,
        )
        objects = inventory.take(contexts)
        self._failures += inventory.failures
        return objects

    def _attempt(self, part: str, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """The result, or nothing and a failure on record; only the loss of the lock ends everything."""
        try:
            return call(*args, **kwargs)
        except LockedError:
            raise
        except SpectronError as error:
            self._failures.append(Failure(part=part, message=str(error)))
            return None

    def _tidy(self, lock: Lock) -> None:
        """End what others began and did not live to end."""
        if lock.inherited:
            self.remarks.append(f"The lock that {lock.inherited} left when it died was taken over.")
        cleared = self._repository.clear_unfinished(lock)
        if cleared:
            self.remarks.append(f"{cleared} files or sets that were left half-written were removed.")

    def _check_clock(self, now: datetime) -> None:
        newest = max((one.started_at for one in self._earlier), default=now)
        if newest > now:
            self._notices.append(
                f"The newest set was begun at {newest.isoformat()}, which is yet to come: the clock of this machine or "
                "that of the one that made it is wrong. Set both by NTP."
            )

    def _manifest(
        self, started: datetime, contexts: Iterable[Dump], control: Dump | None, objects: Objects | None
    ) -> Manifest:
        return Manifest(
            id=self._id,
            started_at=started,
            finished_at=self._repository.now(),
            tool_version=self._version,
            source=self._source.name,
            complete=self._plan.contexts is None,
            recipients=self._plan.recipients.texts,
            contexts=tuple(contexts),
            control=control,
            objects=objects,
            notices=tuple(self._notices),
            failures=tuple(self._failures),
        )

    def _expected(self, context: str | None) -> int | None:
        dumps = (one.of_context(context) if context else one.control for one in self._earlier)
        return next((dump.file.plain_size for dump in dumps if dump is not None), None)

    def _clear(self, lock: Lock) -> None:
        with suppress(OpsError):  # the failures that led here are the ones to tell
            self._repository.clear_unfinished(lock)
