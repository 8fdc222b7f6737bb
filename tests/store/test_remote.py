"""What the remote engine does when its database or the way to it fails."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from server.core.clock import SystemClock
from server.core.errors import UnavailableError
from server.store.binding import Binding
from server.store.link import NotSentError, Socket
from server.store.remote import RemoteEngine
from tests.support.database_server import PASSWORD, USERNAME, DatabaseServer

BINDING = Binding("acme", "prod")
ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "3"))
LONG = 60.0


def engine_for(
    server: DatabaseServer,
    *,
    username: str = USERNAME,
    password: str = PASSWORD,
    patience: float = LONG,
    keepalive: float = 5.0,
) -> RemoteEngine:
    return RemoteEngine(
        server.url, username=username, password=password, clock=SystemClock(), patience=patience, keepalive=keepalive
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[DatabaseServer]:
    server = DatabaseServer(tmp_path)
    yield server
    server.kill()


@pytest.fixture
async def engine(server: DatabaseServer) -> AsyncIterator[RemoteEngine]:
    async with engine_for(server) as engine:
        await engine.create_database(BINDING)
        yield engine


async def restart(server: DatabaseServer) -> None:
    await asyncio.to_thread(server.restart)


async def until_under_way(engine: RemoteEngine, text: str) -> None:
    """Return once the database works on a query with this text, seen by what it wrote before it went to sleep."""
    async with asyncio.timeout(LONG):
        while not (await engine.read(BINDING, text))[-1]:  # noqa: ASYNC110  # only asking tells
            await asyncio.sleep(0.01)


class TestOpening:
    async def test_with_a_wrong_password_says_so(self, server: DatabaseServer) -> None:
        with pytest.raises(UnavailableError, match=r"refused to sign in the user 'root'; check name and password"):
            await engine_for(server, password="another").open()

    async def test_without_a_database_says_so_and_works_as_soon_as_there_is_one(self, server: DatabaseServer) -> None:
        server.kill()
        engine = engine_for(server, patience=0.0)
        with pytest.raises(UnavailableError, match=f"database at {server.url} is away"):
            await engine.open()
        with pytest.raises(UnavailableError, match="away"):
            await engine.ping()

        await restart(server)
        await until_up(engine)
        await engine.close()

    async def test_a_database_that_does_not_speak_the_protocol(self) -> None:
        async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()
            await writer.wait_closed()

        listener = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        async with listener:
            with pytest.raises(UnavailableError, match="away"):
                await RemoteEngine(
                    f"ws://127.0.0.1:{port}", username=USERNAME, password=PASSWORD, clock=SystemClock()
                ).open()


async def until_up(engine: RemoteEngine) -> None:
    async with asyncio.timeout(LONG):
        while True:
            try:
                await engine.ping()
            except UnavailableError:
                await asyncio.sleep(0.01)
            else:
                return


class TestWhileAway:
    async def test_calls_fail_instead_of_waiting_and_the_engine_heals_by_itself(self, server: DatabaseServer) -> None:
        async with engine_for(server, patience=0.0) as engine:
            await engine.create_database(BINDING)
            await engine.write(BINDING, "CREATE thing:1")
            server.kill()

            async with asyncio.timeout(LONG):
                outcomes = await asyncio.gather(
                    *(engine.read(BINDING, "SELECT * FROM thing") for _ in range(20)),
                    *(engine.write(BINDING, "CREATE thing") for _ in range(20)),
                    *(engine.write(BINDING, "CREATE thing", repeatable=True) for _ in range(20)),
                    return_exceptions=True,
                )
            assert {type(outcome) for outcome in outcomes} == {UnavailableError}

            await restart(server)
            await until_up(engine)
            assert len((await engine.read(BINDING, "SELECT * FROM thing"))[0]) == 1
            assert engine.stats.reconnects >= 1

    async def test_closing_does_not_wait_for_the_database(self, server: DatabaseServer) -> None:
        engine = engine_for(server, patience=0.0)
        await engine.open()
        server.kill()
        with pytest.raises(UnavailableError):
            await engine.ping()

        async with asyncio.timeout(5):
            await engine.close()
        with pytest.raises(UnavailableError, match="closed"):
            await engine.ping()

    async def test_a_restart_within_the_patience_goes_unnoticed(
        self, server: DatabaseServer, engine: RemoteEngine
    ) -> None:
        await engine.write(BINDING, "CREATE thing:1")
        server.kill()
        calls = [asyncio.create_task(engine.read(BINDING, "SELECT VALUE id FROM thing")) for _ in range(5)]
        await restart(server)

        assert all(len(ids) == 1 for (ids,) in await asyncio.gather(*calls))
        await engine.write(BINDING, "CREATE thing:2")

    async def test_a_frozen_database_is_noticed(self, server: DatabaseServer) -> None:
        async with engine_for(server, patience=0.0, keepalive=0.2) as engine:
            await engine.create_database(BINDING)
            server.process.send(signal.SIGSTOP)
            try:
                async with asyncio.timeout(9):
                    with pytest.raises(UnavailableError):
                        await engine.write(BINDING, "CREATE thing")
            finally:
                server.process.send(signal.SIGCONT)
            await until_up(engine)


class TestInMidQuery:
    SLOW = "CREATE started; SLEEP 5s; CREATE finished; RETURN 'done'"

    async def test_a_read_is_asked_again(self, server: DatabaseServer, engine: RemoteEngine) -> None:
        before = engine.stats.queries
        reading = asyncio.create_task(engine.read(BINDING, "SLEEP 1s; RETURN 'done'"))
        async with asyncio.timeout(LONG):
            while engine.stats.queries == before:  # noqa: ASYNC110  # counters have no event to wait for
                await asyncio.sleep(0)
        await engine.ping()
        await restart(server)

        assert await reading == [None, "done"]
        assert engine.stats.reconnects == 1

    async def test_a_change_is_not_made_twice(self, server: DatabaseServer, engine: RemoteEngine) -> None:
        await engine.write(BINDING, "CREATE started:0; DELETE started; CREATE finished:0; DELETE finished")
        writing = asyncio.create_task(engine.write(BINDING, self.SLOW))
        await engine.ping()
        await restart(server)

        with pytest.raises(UnavailableError, match="before the outcome of a change was known"):
            await writing
        started, finished = await engine.read(BINDING, "SELECT * FROM started; SELECT * FROM finished")
        assert started == finished == []

    async def test_a_definition_is_not_made_twice(self, server: DatabaseServer, engine: RemoteEngine) -> None:
        await engine.execute(BINDING, "CREATE started:0; DELETE started")
        running = asyncio.create_task(engine.execute(BINDING, self.SLOW))
        await until_under_way(engine, "SELECT * FROM started")
        await restart(server)

        with pytest.raises(UnavailableError):
            await running
        (started,) = await engine.read(BINDING, "SELECT * FROM started")
        assert len(started) == 1

    async def test_a_change_that_may_run_twice_is_made(self, server: DatabaseServer, engine: RemoteEngine) -> None:
        writing = asyncio.create_task(
            engine.write(BINDING, "UPSERT thing:1 SET n = 5; SLEEP 1s; RETURN 'done'", repeatable=True)
        )
        await engine.ping()
        await restart(server)

        assert (await writing)[-1] == "done"
        assert (await engine.read(BINDING, "SELECT VALUE n FROM thing"))[0] == [5]

    async def test_writers_through_many_restarts_keep_what_was_acknowledged(
        self, server: DatabaseServer, engine: RemoteEngine
    ) -> None:
        await engine.write(BINDING, "CREATE thing:⟨-1⟩ SET n = -1; DELETE thing")
        acknowledged: set[int] = set()
        unknown: set[int] = set()
        stop = asyncio.Event()

        async def write(number: int) -> None:
            while not stop.is_set():
                try:
                    await engine.write(BINDING, "CREATE thing SET n = $n", {"n": number})
                    acknowledged.add(number)
                except UnavailableError:
                    unknown.add(number)
                number += 16

        writers = [asyncio.create_task(write(start)) for start in range(16)]
        for _ in range(ROUNDS):
            known = len(acknowledged)
            async with asyncio.timeout(LONG):
                while len(acknowledged) < known + 100:  # noqa: ASYNC110  # a set has no event to wait for
                    await asyncio.sleep(0)
            await restart(server)
        stop.set()
        await asyncio.gather(*writers)

        (found,) = await engine.read(BINDING, "SELECT VALUE n FROM thing")
        assert len(found) == len(set(found))
        assert acknowledged <= set(found) <= acknowledged | unknown
        assert engine.stats.reconnects == ROUNDS


class TestConnection:
    async def test_a_socket_that_is_lost_never_comes_back_without_a_sign_in(self, server: DatabaseServer) -> None:
        socket = Socket(server.url, keepalive=5.0)
        await socket.connect()
        await socket.signin({"username": USERNAME, "password": PASSWORD})
        await restart(server)
        async with asyncio.timeout(LONG):
            while not socket.lost:  # noqa: ASYNC110  # the driver tells nobody
                await asyncio.sleep(0.01)

        for _ in range(2):
            with pytest.raises(NotSentError):
                await socket.query_raw("RETURN 1")
            await socket.close()

    async def test_calls_in_flight_get_their_own_answers(self, engine: RemoteEngine) -> None:
        async def echo(number: int) -> None:
            text = str(number) * (1 + number % 7 * 3000)
            assert await engine.read(BINDING, f"SLEEP {number % 5}ms; RETURN $text", {"text": text}) == [None, text]

        calls = [asyncio.create_task(echo(number)) for number in range(300)]
        await asyncio.sleep(0)
        for call in calls[::3]:
            call.cancel()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)

        assert [outcome for outcome in outcomes if outcome is None] == [None] * 200

    async def test_a_session_that_expired_is_renewed(self, server: DatabaseServer, engine: RemoteEngine) -> None:
        await engine.execute(
            None, "DEFINE USER brief ON ROOT PASSWORD 'brief' ROLES OWNER DURATION FOR TOKEN 1s, FOR SESSION 1s"
        )
        async with engine_for(server, username="brief", password="brief") as brief, asyncio.timeout(LONG):
            count = 0
            while brief.stats.reconnects == 0:
                await brief.write(BINDING, "UPSERT counter:1 SET n += 1")
                count += 1
            assert (await brief.read(BINDING, "SELECT VALUE n FROM counter"))[0] == [count]

    async def test_many_engines_share_a_database(self, server: DatabaseServer, engine: RemoteEngine) -> None:
        others = [engine_for(server) for _ in range(4)]
        for other in others:
            await other.open()

        await asyncio.gather(
            *(each.write(BINDING, "UPSERT counter:1 SET n += 1") for each in [engine, *others] for _ in range(20))
        )
        for other in others:
            await other.close()

        assert (await engine.read(BINDING, "SELECT VALUE n FROM counter"))[0] == [100]
