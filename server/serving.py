"""Runs a server as a process: the listener, signals, and an end in which everything is closed."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator

import structlog
import uvicorn

from server.app import Server
from server.core.errors import UnavailableError
from server.http.protocol import ProblemProtocol

SIGNALS = (signal.SIGINT, signal.SIGTERM)
GRACE_SECONDS = 10

log = structlog.get_logger(__name__)

Started = Callable[[str], Awaitable[None]]


class _Listener(uvicorn.Server):
    """Leaves signals to the process, which has more to close than the listener."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(server: Server, started: Started) -> None:
    """Serve until a signal comes; `started` is called with the address once requests are answered."""
    stopping = _signalled()
    try:
        with bound(server.settings.host, server.settings.port) as listening:
            await _run(server, listening, stopping, started)
    finally:
        await server.stop()


async def attend(server: Server, started: Callable[[], None]) -> None:
    """Let a server that listens to nobody do its work until a signal comes."""
    stopped = asyncio.create_task(_signalled().wait())
    preparing = asyncio.create_task(server.start())
    try:
        await asyncio.wait({preparing, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if preparing.done():
            preparing.result()
            started()
            await stopped
    finally:
        log.info("server.stopping")
        stopped.cancel()
        preparing.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await preparing
        await server.stop()


def _signalled() -> asyncio.Event:
    """Set by a signal that asks the process to end."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, stopping.set)
    return stopping


def listener_config(server: Server) -> uvicorn.Config:
    """How the server listens; what a client says of its own address counts only if it comes from a trusted proxy."""
    return uvicorn.Config(
        server.api,
        http=ProblemProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        proxy_headers=bool(server.settings.trusted_proxies),
        forwarded_allow_ips=server.settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


async def _run(server: Server, listening: socket.socket, stopping: asyncio.Event, started: Started) -> None:
    listener = _Listener(listener_config(server))
    preparing = asyncio.create_task(server.start())
    stopped = asyncio.create_task(stopping.wait())
    serving: asyncio.Task[None] | None = None
    try:
        if server.engine.kind == "remote":
            serving = asyncio.create_task(listener.serve([listening]))
        await asyncio.wait({preparing, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if preparing.done():
            preparing.result()
            _spare_the_collector()
            serving = serving or asyncio.create_task(listener.serve([listening]))
            await started(address(listening))
            await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        log.info("server.stopping")
        stopped.cancel()
        server.events.close()
        if serving:
            listener.should_exit = True
            await serving
        preparing.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await preparing


def _spare_the_collector() -> None:
    """What is there once everything is prepared stays: looking through it again and again would hold up requests."""
    gc.collect()
    gc.freeze()


@contextlib.contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket; an address that is taken is said before anything is opened."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The event loop switches Nagle's algorithm off only where the protocol is named; with it, answers wait 40 ms.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except (OSError, OverflowError) as error:
            raise UnavailableError(
                f"Cannot listen on {host}:{port}: {error}. Stop what uses it, or choose another with --bind."
            ) from error
        yield listening


def address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
