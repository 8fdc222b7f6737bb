"""Loads a dump into a database of its own and believes it only when all that it says of itself is found there."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from server.core.errors import QueryError, TransactionConflictError, UnprocessableError
from server.store.binding import Binding
from server.store.dumps.marks import Header, Kind, TableSum, Trailer
from server.store.dumps.pages import Page, Sum, Walk, length
from server.store.dumps.reading import Definition, Part, Rows, parts
from server.store.dumps.schema import Schema, Table, read_schema
from server.store.dumps.writing import Dump
from server.store.engine import Engine, Variables
from server.store.migrations import Migration, Migrator

SHOWN = 5
REPORTED_BYTES = 64 * 1024 * 1024
# A statement says where its rows go, whatever table their ids name.
NAMED_ROWS = """OPTION IMPORT; LET $rows = {rows};
IF array::len($rows[WHERE record::tb(id) != $table]) > 0 {{ THROW 'an id names another table' }};
{insert} $rows RETURN NONE"""
NAMED = re.compile(r"DEFINE [A-Z]+ (`(?:[^`\\]|\\.)*`|\S+)( ON (`(?:[^`\\]|\\.)*`|\S+))?")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Loaded:
    """What came in, and which migrations were applied on top of it."""

    header: Header
    tables: dict[str, TableSum]
    bytes: int
    migrated: tuple[int, ...]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


class Loader:
    """Fills databases from dumps.

    Nothing of a dump's text is run: its definitions must be those that Spectron's own migrations make, its encoded
    rows go in as a value, and rows as text are admitted only if they hold nothing but values.
    """

    def __init__(self, engine: Engine, migrator: Migrator) -> None:
        self._engine = engine
        self._migrator = migrator

    async def load(
        self, binding: Binding, kind: Kind, migrations: Sequence[Migration], pieces: AsyncIterator[bytes]
    ) -> Loaded:
        """Make the database anew from a dump; whatever is raised, the database must be thrown away.

        `UnprocessableError` says what is wrong with the dump. A dump of an older schema is brought up to date.
        """
        counted = _Counted(pieces, binding)
        loading: _Loading | None = None
        async for part in parts(counted.pieces()):
            if isinstance(part, Header):
                loading = await self._begun(binding, kind, migrations, part)
            elif loading is not None:
                await loading.take(part)
        if loading is None or loading.trailer is None:
            raise UnprocessableError("The dump is empty.")
        missing = migrations[loading.header.schema_version :]
        migrated = await self._migrator.apply(binding, migrations) if missing else []
        # All that was loaded was read once more to be proven.
        await self._engine.forget()
        return Loaded(
            loading.header, dict(loading.trailer.tables), counted.bytes, tuple(one.version for one in migrated)
        )

    async def _begun(self, binding: Binding, kind: Kind, migrations: Sequence[Migration], header: Header) -> "_Loading":
        if header.kind != kind:
            raise UnprocessableError(f"This is a dump of a {header.kind} database; a {kind} dump is needed here.")
        if not 1 <= header.schema_version <= len(migrations):
            raise UnprocessableError(
                f"The dump has schema version {header.schema_version} and this server knows versions 1 to "
                f"{len(migrations)}; import it with the version of Spectron that made it, or a later one."
            )
        await self._engine.drop_database(binding)
        await self._engine.create_database(binding)
        await self._migrator.apply(binding, migrations[: header.schema_version])
        # The dump has its own record of these.
        await self._engine.write(binding, "DELETE _migrations RETURN NONE")
        same_engine = await self._engine.version() == header.engine_version
        loading = _Loading(self._engine, binding, header, exact=same_engine)
        await loading.prepare()
        return loading


class _Loading:
    """One dump on its way in."""

    def __init__(self, engine: Engine, binding: Binding, header: Header, *, exact: bool) -> None:
        """Another version of the engine may word definitions differently; then, without `exact`, names must do."""
        self._engine = engine
        self._binding = binding
        self._exact = exact
        self._definitions: Counter[str] = Counter()
        self._late: Counter[str] = Counter()
        self._statements = 0
        self._rows_began = False
        self._tables: dict[str, Table] = {}
        self._given: dict[str, Sum] = {}
        self._schema = Schema((), ())
        self.header = header
        self.trailer: Trailer | None = None

    async def prepare(self) -> None:
        self._schema = await read_schema(self._read)
        self._tables = {table.name: table for table in Dump(self.header, self._schema).carried}

    async def take(self, part: Part) -> None:
        match part:
            case Definition():
                (self._late if part.late else self._definitions)[part.text] += 1
                self._statements += 1
            case Rows():
                if not self._rows_began:
                    self._rows_began = True
                    self._require_definitions(self._definitions, self._schema.before)
                self._statements += 1
                await self._insert(part)
            case Trailer():
                if not self._rows_began:
                    self._require_definitions(self._definitions, self._schema.before)
                await self._verify(part)
                self.trailer = part

    async def _insert(self, rows: Rows) -> None:
        table = self._tables.get(rows.table)
        if table is None or table.relation != rows.relation:
            raise UnprocessableError(f"The dump holds rows of {rows.table}, which is no table that a dump fills.")
        try:
            if rows.encoded is None:
                text = NAMED_ROWS.format(rows=rows.text, insert=table.insert)
                await self._engine.execute(self._binding, text, {"table": table.name})
            else:
                text = f"OPTION IMPORT; {table.insert} encoding::cbor::decode($rows) RETURN NONE"
                await self._engine.execute(self._binding, text, {"rows": rows.encoded})
        except TransactionConflictError:
            raise
        except QueryError as error:
            raise UnprocessableError(
                f"Rows of {rows.table} cannot be stored, the dump is damaged: {error.detail}"
            ) from error
        if rows.encoded is not None:
            self._given.setdefault(table.name, Sum()).add(Page(length(rows.encoded), rows.encoded, None, 0))

    async def _verify(self, trailer: Trailer) -> None:
        if self._statements != trailer.statements:
            raise UnprocessableError(
                f"The dump has {self._statements} statements and says that it has {trailer.statements}; it was damaged."
            )
        self._require_definitions(self._late, self._schema.after)
        if trailer.indexes != self._schema.indexes:
            raise UnprocessableError(
                "The dump names other indexes than it should: "
                f"{_listed(set(trailer.indexes) ^ set(self._schema.indexes))}."
            )
        self._require_encoded(trailer)
        found = (await Dump(self.header, await read_schema(self._read)).totals(Walk(self._read))).tables
        if wrong := _differences(trailer.tables, found):
            raise UnprocessableError(f"What was loaded is not what the dump says it holds: {_listed(wrong)}.")

    def _require_encoded(self, trailer: Trailer) -> None:
        """Encoded rows are the very bytes that were summed up when they were written."""
        for name, given in self._given.items():
            if given.total != trailer.tables.get(name):
                raise UnprocessableError(
                    f"The encoded rows of {name} are not those that were written; use another copy."
                )

    def _require_definitions(self, given: Counter[str], expected: Sequence[str]) -> None:
        if self._exact:
            wanted = Counter(expected)
        else:
            given = Counter(_name(one) for one in given.elements())
            wanted = Counter(_name(one) for one in expected)
        missing, foreign = wanted - given, given - wanted
        if missing or foreign:
            raise UnprocessableError(
                f"The dump's definitions are not those of schema version {self.header.schema_version}; "
                f"missing: {_listed(missing)}; not Spectron's, or twice: {_listed(foreign)}."
            )

    async def _read(self, text: str, variables: Variables) -> list[Any]:
        return await self._engine.read(self._binding, text, variables)


class _Counted:
    """Counts what comes in, and says from time to time how much it was."""

    def __init__(self, pieces: AsyncIterator[bytes], binding: Binding) -> None:
        self._pieces = pieces
        self._binding = binding
        self.bytes = 0

    async def pieces(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            before, self.bytes = self.bytes, self.bytes + len(piece)
            if before // REPORTED_BYTES != self.bytes // REPORTED_BYTES:
                log.info("dump.loading", database=str(self._binding), bytes=self.bytes)
            yield piece


def _differences(expected: Mapping[str, TableSum], found: Mapping[str, TableSum]) -> list[str]:
    differences = []
    for name in sorted({*expected, *found}):
        wanted, got = expected.get(name), found.get(name)
        if wanted is None or got is None:
            differences.append(f"{name} is {'not in the last line' if wanted is None else 'unknown'}")
        elif wanted.rows != got.rows:
            differences.append(f"{name} has {got.rows} rows instead of {wanted.rows}")
        elif wanted.digest != got.digest:
            differences.append(f"{name} has other contents")
    return differences


def _name(definition: str) -> str:
    match = NAMED.match(definition)
    return match[0] if match else definition


def _listed(names: Iterable[str]) -> str:
    found = sorted(name[:100] for name in names)
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return (", ".join(found[:SHOWN]) + more) or "none"
