"""Brings a database to the schema of this version: numbered files, each applied once and recorded."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from server.core.clock import Clock
from server.core.errors import MigrationError, QueryError, TransactionConflictError
from server.store.binding import Binding
from server.store.engine import Engine

Kind = Literal["context", "control", "jobqueue"]
State = Literal["applied", "pending", "changed", "unknown"]

FILE = re.compile(r"V([1-9][0-9]*)__([a-z0-9]+(?:_[a-z0-9]+)*)(\.remote)?\.surql")
REMOTE_TRIES = 8
REMOTE_PAUSE = 0.1
# A few rows are indexed in less; who has more of them is not kept waiting.
BUILDING_LOOKS = 20
BUILDING_PAUSE = 0.05
REMOTE_INDEX = re.compile(r"DEFINE INDEX IF NOT EXISTS (\w+) ON (\w+) ")

# The record comes first: a process that is too late fails on it, before any definition that is there already.
RECORD = """
DEFINE TABLE IF NOT EXISTS _migrations SCHEMAFULL;
DEFINE FIELD IF NOT EXISTS id ON _migrations TYPE int;
DEFINE FIELD IF NOT EXISTS name ON _migrations TYPE string;
DEFINE FIELD IF NOT EXISTS checksum ON _migrations TYPE string;
DEFINE FIELD IF NOT EXISTS applied_at ON _migrations TYPE datetime READONLY;
CREATE type::record("_migrations", $migration_version) CONTENT $migration_record RETURN NONE;
"""

RECORDS = "SELECT record::id(id) AS version, name, checksum, applied_at FROM _migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file, and beside it what a remote engine alone needs, which is defined wherever it is missing."""

    version: int
    name: str
    checksum: str
    text: str
    remote: str = ""

    @property
    def file(self) -> str:
        return f"V{self.version}__{self.name}.surql"


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """What has become of a migration in one database; `unknown` ones were applied by another version of Spectron."""

    version: int
    name: str
    state: State
    applied_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Record:
    name: str
    checksum: str
    applied_at: datetime


def load(kind: Kind) -> tuple[Migration, ...]:
    """The migrations that are part of this installation, in order."""
    return read_folder(files("migrations") / kind)


def read_folder(folder: Traversable) -> tuple[Migration, ...]:
    """The migrations in a folder, in order; their versions are 1, 2, 3 and so on."""
    read = [_read_file(file) for file in folder.iterdir()]
    remote = {(one.version, one.name): one.text for one, is_remote in read if is_remote}
    migrations = sorted(
        (replace(one, remote=remote.pop((one.version, one.name), "")) for one, is_remote in read if not is_remote),
        key=lambda migration: migration.version,
    )
    if remote:
        raise MigrationError(f"{folder} holds what a remote engine needs beside {sorted(remote)}, which are not there.")
    versions = [migration.version for migration in migrations]
    if not versions or versions != list(range(1, len(versions) + 1)):
        raise MigrationError(
            f"The migrations in {folder} have the versions {versions}, but they must be 1, 2, 3 and so on, each once. "
            "Install Spectron again, or number the files without gaps and duplicates."
        )
    return tuple(migrations)


def _read_file(file: Traversable) -> tuple[Migration, bool]:
    """What a file holds, and whether it is for a remote engine alone."""
    match = FILE.fullmatch(file.name)
    if match is None or not file.is_file():
        raise MigrationError(
            f"{file} is no migration: its name must be like V2__what_it_adds.surql. Rename it or take it away."
        )
    text = file.read_text(encoding="utf-8")
    return Migration(int(match[1]), match[2], hashlib.sha256(text.encode()).hexdigest(), text), bool(match[3])


class Migrator:
    """Applies migrations to databases of one engine."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def apply(self, binding: Binding, migrations: Sequence[Migration]) -> list[Migration]:
        """Apply what is missing, in order, and return it; `MigrationError` leaves what stood before the failing one.

        Processes may do this at the same time: each migration is applied by exactly one of them.
        """
        records = await self._records(binding)
        for migration in migrations:
            if migration.version in records:
                _check(binding, migration, records[migration.version])
        pending = [migration for migration in migrations if migration.version not in records]
        if pending and pending[0].version < max(records, default=0):
            raise MigrationError(
                f"{binding} has migration V{max(records)} but not {pending[0].file}, which belongs before it. Another "
                "version of Spectron has changed this database: use that version, or restore a backup made by this one."
            )
        applied = [migration for migration in pending if await self._apply_one(binding, migration)]
        if self._engine.kind == "remote":
            await self.complete(binding, migrations)
        return applied

    async def complete(self, binding: Binding, migrations: Sequence[Migration]) -> None:
        """Define what an engine that is on its own needs beyond the schema, as far as it is not there.

        A database may have come from another kind of engine, so that this is looked after whenever one is opened. What
        takes long goes on by itself.
        """
        for migration in migrations:
            if migration.remote:
                await self._define(binding, migration)
                for index, table in REMOTE_INDEX.findall(migration.remote):
                    await self._built(binding, index, table)

    async def status(self, binding: Binding, migrations: Sequence[Migration]) -> list[MigrationStatus]:
        """What has become of each migration, in order, and of those in the database that are not among them."""
        records = await self._records(binding)
        statuses = []
        for migration in migrations:
            record = records.pop(migration.version, None)
            state: State = "applied"
            if record is None:
                state = "pending"
            elif record.checksum != migration.checksum:
                state = "changed"
            statuses.append(
                MigrationStatus(migration.version, migration.name, state, record.applied_at if record else None)
            )
        for version, record in sorted(records.items()):
            statuses.append(MigrationStatus(version, record.name, "unknown", record.applied_at))
        return statuses

    async def _apply_one(self, binding: Binding, migration: Migration) -> bool:
        """Apply it with its record in one transaction; False if another process has done so meanwhile."""
        record = {"name": migration.name, "checksum": migration.checksum, "applied_at": self._clock.now()}
        variables = {"migration_version": migration.version, "migration_record": record}
        try:
            await self._engine.write(binding, RECORD + migration.text, variables, repeatable=True)
        except QueryError as error:
            by_another = (await self._records(binding)).get(migration.version)
            if by_another is None:
                raise MigrationError(
                    f"Migration {migration.file} could not be applied to {binding}, and nothing of it was kept: "
                    f"{error.detail.rstrip('.')}. Put right what the database objects to, then run "
                    "`spectrond migrate apply`."
                ) from error
            _check(binding, migration, by_another)
            return False
        return True

    async def _define(self, binding: Binding, migration: Migration) -> None:
        """Definitions that do nothing where they are there already; processes that make them at once meet in one."""
        for last in reversed(range(REMOTE_TRIES)):
            try:
                await self._engine.execute(binding, migration.remote)
            except TransactionConflictError:
                if not last:
                    raise
                await self._clock.sleep(REMOTE_PAUSE)
            else:
                return

    async def _built(self, binding: Binding, index: str, table: str) -> None:
        for _ in range(BUILDING_LOOKS):
            (info,) = await self._engine.read(binding, f"INFO FOR INDEX {index} ON {table}")
            if info.get("building", {}).get("status") in (None, "ready"):
                return
            await self._clock.sleep(BUILDING_PAUSE)

    async def _records(self, binding: Binding) -> dict[int, _Record]:
        (info,) = await self._engine.read(binding, "INFO FOR DB")
        if "_migrations" not in info["tables"]:
            return {}
        (rows,) = await self._engine.read(binding, RECORDS)
        return {row["version"]: _Record(row["name"], row["checksum"], row["applied_at"]) for row in rows}


def _check(binding: Binding, migration: Migration, record: _Record) -> None:
    if migration.checksum != record.checksum:
        raise MigrationError(
            f"Migration {migration.file} was applied to {binding} on {record.applied_at:%Y-%m-%d} with other contents "
            f"(checksum {record.checksum[:12]}, here {migration.checksum[:12]}). What has been applied never changes: "
            "install the version of Spectron that applied it, and put a change into a migration of its own."
        )
