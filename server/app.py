"""The composition root: builds every part once, from settings, and starts and stops them in order."""

import asyncio
import os
import socket
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version

import httpx
import structlog

from server.control.dumps import Adopter
from server.control.first_keys import FirstKeys
from server.control.hashing import Hasher
from server.control.lifecycle import Belongings
from server.control.parts import create_control
from server.control.restoring import Originals
from server.control.secrets import MasterKey
from server.core.clock import Clock, SystemClock
from server.core.errors import TransactionConflictError, UnavailableError
from server.core.ids import Ids
from server.core.retention import duration
from server.core.waiting import ended
from server.documents.news import DocumentNews
from server.documents.parts import create_documents
from server.housekeeping import Housekeeping
from server.http.api import Services, create_api
from server.http.jobs import job_view
from server.http.middleware import RequestContext
from server.http.trace_views import trace_event
from server.index.checking import IndexCheck
from server.index.opening import create_index
from server.jobs.changes import Changes
from server.jobs.queue import JobQueue
from server.jobs.register import Jobs
from server.jobs.watch import Watch
from server.jobs.worker import Worker
from server.memory.extraction.heuristic.extractor import HeuristicExtractor
from server.memory.extractors import ContextExtractors
from server.memory.parts import create_memory
from server.models.local import LocalEmbedder
from server.objects.opening import open_store
from server.objects.store import ObjectStore
from server.observe.events import EventBus
from server.observe.metrics import Metrics
from server.observe.traces import Trace, TraceLog
from server.readiness import Readiness
from server.recall.cache import OldAnswers
from server.recall.parts import create_recalling
from server.retention.chores import EndedJobs
from server.retention.parts import create_retention
from server.settings import Settings
from server.store.binding import JOBQUEUE, METADATA, Binding
from server.store.dumps.exporting import Exporter
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database, Engine
from server.store.migrations import Migration, Migrator, load
from server.store.remote import RemoteEngine

VERSION = version("spectron")
STORE = "store"
RETRY_SECONDS = 1.0

log = structlog.get_logger(__name__)


def create_engine(settings: Settings, clock: Clock) -> Engine:
    """The engine that the settings name."""
    if settings.database_url == "memory":
        return EmbeddedEngine(None, clock)
    if settings.database_url == "embedded":
        return EmbeddedEngine(settings.data_path / STORE, clock)
    return RemoteEngine(
        settings.database_url,
        username=settings.database_username,
        password=settings.database_password.get_secret_value(),
        clock=clock,
    )


def read_master_key(settings: Settings, *, new: bool) -> MasterKey:
    """The master key; a store without it is taken for one whose key was lost, unless a `new` one is wanted."""
    configured = settings.master_key.get_secret_value() if settings.master_key else None
    store = settings.data_path / STORE
    begun = settings.database_url == "embedded" and store.is_dir() and any(store.iterdir())
    return MasterKey.of(configured, settings.data_path, begun=begun and not new)


def own_databases() -> list[tuple[Binding, tuple[Migration, ...]]]:
    """The databases of the server itself, with their migrations."""
    return [(METADATA, load("control")), (JOBQUEUE, load("jobqueue"))]


class Server:
    """All parts of one process."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
        engine: Engine | None = None,
        hasher: Hasher | None = None,
        objects: ObjectStore | None = None,
        embedder: LocalEmbedder | None = None,
        schedules: bool = False,
        works: bool = False,
        new_master_key: bool = False,
    ) -> None:
        """With `schedules` it sweeps by the clock, besides when it is asked to; with `works` it works the queue off.

        Another master key than the one that the data was made under is refused, unless a `new_master_key` is wanted.
        """
        self.settings = settings
        self.clock = clock or SystemClock()
        ids = ids or Ids()
        self.metrics = Metrics()
        self.traces = TraceLog(self.clock)
        self.engine = engine or create_engine(settings, self.clock)
        self.migrator = Migrator(self.engine, self.clock)
        self._hasher = hasher or Hasher(workers=settings.hash_workers)
        self._providers: httpx.AsyncClient | None = None
        kept = settings.data_path if settings.database_url == "embedded" else None
        index = self.index = create_index(self.engine, self.clock, kept)
        belongings: list[Belongings] = []
        adopters: list[Adopter] = []
        returning: list[Originals] = []
        self.exporter = Exporter(self.engine, self.clock, ids, version=VERSION)
        self._new_master_key = new_master_key
        self._master_key = read_master_key(settings, new=new_master_key)
        self.control = create_control(
            settings,
            self._master_key,
            self.engine,
            self.migrator,
            self.exporter,
            self._hasher,
            self._http,
            embedder or LocalEmbedder(),
            self.metrics,
            self.clock,
            ids,
            belongings=belongings,
            adopters=adopters,
            originals=returning,
            dropping=self._let_go,
            filled=self._follow,
        )
        self.first_keys = FirstKeys(self.control.keys, self.clock)
        changes = Changes()
        queued = Database(self.engine, JOBQUEUE)
        self.jobs = Jobs(queued, self.clock, changes)
        self.queue = JobQueue(queued, self.clock, ids, changes)
        self.events = EventBus(self.clock, epoch=ids.id(8))
        changes.listen(lambda job: self.events.publish("job", job.context_id, job_view(job), job.scope))
        news = DocumentNews(self.events)
        changes.listen(news.heard)
        self.traces.listen(self._tell_of_trace)
        self._watch = Watch(self.jobs, changes, self.clock)
        self.documents = create_documents(
            settings,
            self.control.contexts,
            self.control.models.embedder,
            index,
            objects or open_store(settings.object_store_url),
            self.queue,
            self.jobs,
            self.control.audit,
            self.clock,
            ids,
            gone=news.gone,
            alone=self.engine.kind == "embedded",
        )
        self._works = works
        adopters.append(self.documents.library.originals)
        returning.append(self.documents.returning)
        belongings += [self.jobs, self.documents.jobs, self.documents.library.originals, self.control.keys]
        extractors = ContextExtractors(HeuristicExtractor(), self.control.models)
        self.memory = create_memory(
            self.control.contexts,
            self.control.models,
            extractors,
            index,
            self.traces,
            self.control.audit,
            self.clock,
            ids,
            alone=self.engine.kind == "embedded",
            others=[self.documents.library.removal],
        )
        self.recalling = create_recalling(
            self.control.contexts, self.control.models, index, self.queue, self.control.audit, self.clock
        )
        self.worker = Worker(
            self.queue,
            self.documents.handlers | self.recalling.handlers,
            self.clock,
            name=f"{socket.gethostname()}-{os.getpid()}",
            concurrency=settings.worker_concurrency,
        )
        self._schedules = schedules
        self.retention = create_retention(
            settings,
            self.control.contexts,
            self.control.metadata,
            self.control.audit,
            index,
            self.events,
            self.metrics.traffic,
            self.clock,
            ids,
            chores=[self.documents.library.originals, OldAnswers(self.recalling.recall.cache)],
            server_chores=[EndedJobs(self.jobs, duration(settings.job_retention, "job_retention"), self.clock)],
        )
        self.readiness = Readiness(
            self.engine,
            self.control.contexts,
            self.documents,
            self.jobs,
            index,
            self.clock,
            started=lambda: self._started,
        )
        self.housekeeping = Housekeeping(self.engine, self.control, index, self.traces, self.clock)
        services = Services(
            serving=lambda: self._started,
            control=self.control,
            documents=self.documents.library,
            care=self.documents.care,
            index_check=IndexCheck(index),
            memory=self.memory,
            recalling=self.recalling,
            retention=self.retention,
            jobs=self.jobs,
            events=self.events,
            metrics=self.metrics,
            traces=self.traces,
            readiness=self.readiness.state,
            look=self.readiness.look,
            alone=self.engine.kind == "embedded",
        )
        routes = create_api(
            services, self.clock, ids, version=VERSION, timeout_seconds=settings.request_timeout_seconds
        )
        self.openapi = routes.openapi
        self.api = RequestContext(
            routes,
            self.clock,
            ids,
            self.metrics,
            max_json_bytes=settings.max_json_bytes,
            timeout_seconds=settings.request_timeout_seconds,
        )
        self._started = False
        self._background: list[asyncio.Task[None]] = []
        self._expose_gauges()

    async def start(self) -> None:
        """Open the engine and bring the schema up to date; a remote database that is away is waited for."""
        self.index.prepare()
        while True:
            try:
                await self._prepare()
            except (UnavailableError, TransactionConflictError) as error:
                # Processes that begin at the same moment define the same things.
                if self.engine.kind == "embedded":
                    raise
                log.warning("database.unavailable", reason=error.detail)
                await self.clock.sleep(RETRY_SECONDS)
            else:
                break
        self._started = True
        background = [self.housekeeping.run(), self.traces.run(), self.housekeeping.follow_databases()]
        if self._schedules:
            background += [self.retention.scheduler.run(), self.documents.upkeep.run()]
        if self._works:
            background.append(self.memory.backlog.run())
        if self.engine.kind == "remote":
            background.append(self._watch.run())
        self._background = [asyncio.create_task(work) for work in background]
        if self._works:
            self.worker.start()

    async def stop(self) -> None:
        """Write what is still in memory and close the engine; safe after a failed start."""
        self.events.close()
        await self.worker.stop()
        for task in self._background:
            await ended(task)
        await self.retention.sweeper.close()
        if self._started:
            await self.housekeeping.finish()
            await self.index.stop()
        await self.documents.close()
        self._hasher.close()
        if self._providers:
            await self._providers.aclose()
        await self.engine.close()
        if self._started:
            self.index.seal()

    async def _prepare(self) -> None:
        await self.engine.open()
        for binding, migrations in own_databases():
            await self.engine.create_database(binding)
            await self.migrator.apply(binding, migrations)
        self._master_key.require(known=self._new_master_key or await self.control.keys.made_here())
        await self.documents.prepare()
        if self.engine.kind == "embedded":
            self.exporter.clear()
            await self.control.own_dumps.clear()
            await self.control.contexts.registry.expire_leases()
            await self.retention.lease.lapse()
            await self.queue.expire_leases()
        await self.control.contexts.recover()
        await self.control.contexts.migrate_all()

    def _http(self) -> httpx.AsyncClient:
        """What reaches providers; made when the first is asked, for it reads every certificate authority."""
        self._providers = self._providers or httpx.AsyncClient()
        return self._providers

    async def _follow(self, database: Database) -> None:
        await self.index.open([database])

    async def _let_go(self, binding: Binding) -> None:
        await self.traces.discard(binding)
        await self.index.discard(binding)
        self.recalling.recall.cache.discard(binding)

    def _tell_of_trace(self, trace: Trace) -> None:
        self.events.publish("trace", trace.context_id, trace_event(trace), trace.scope, confined=True)

    def _expose_gauges(self) -> None:
        self.metrics.polled("spectron_engine", "Database engine", self._engine_gauges)
        self.metrics.polled("spectron", "What works", self.readiness.gauges)
        self.metrics.polled("spectron_index", "Search index", self.index.gauges)
        self.metrics.polled("spectron_worker", "Job worker", self.worker.gauges)
        self.metrics.polled("spectron_traces", "Decision traces", self.traces.gauges)
        self.metrics.polled("spectron_events", "Event readers", self.events.gauges)

    def _engine_gauges(self) -> Mapping[str, float]:
        return asdict(self.engine.stats) | {
            "contexts_failed": float(len(self.control.contexts.problems)),
        }
