"""How a server goes wrong while it is backed up."""

import itertools
import threading
from contextlib import ExitStack
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

from tests.e2e.failures.arranging import new_context
from tests.e2e.failures.world import World, kill
from tests.objects.conftest import free_port
from tests.support.http_server import reply

EXPORT = "contexts/acme/export"


def server_down(world: World, _: ExitStack) -> None:
    world.environ["SPECTRON_URL"] = f"http://127.0.0.1:{free_port()}"


def key_of_a_context(world: World, _: ExitStack) -> None:
    made = world.admin.contexts("acme").keys.create(name="app")
    world.environ["SPECTRON_API_KEY"] = str(made.secret)


def key_revoked_in_mid_run(world: World, _: ExitStack) -> None:
    """What comes after the first export is asked for with a key that is none any more."""
    exported = threading.Event()

    def passing(path: str, _: int) -> None:
        if path == EXPORT:
            exported.set()

    world.gateway.passing = passing
    world.gateway.key = lambda given: f"{given}-revoked" if exported.is_set() else given


def server_that_hangs(world: World, stack: ExitStack) -> None:
    ended = threading.Event()
    stack.callback(ended.set)
    world.gateway.instead = lambda _, path: path == EXPORT and (ended.wait(120) or True)
    world.job["timeout"] = "5s"


def empty_export(world: World, _: ExitStack) -> None:
    world.gateway.instead = lambda request, path: path == EXPORT and _replied(request, 200)


def older_server(world: World, _: ExitStack) -> None:
    """It has no exports yet."""
    body = b'{"title": "Not found", "status": 404, "detail": "There is no such route."}'
    world.gateway.instead = lambda request, path: path.endswith("export") and _replied(request, 404, body)


def export_cut_short(world: World, _: ExitStack) -> None:
    def cut(request: BaseHTTPRequestHandler, path: str) -> bool:
        if path != EXPORT:
            return False
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"f\r\nOPTION IMPORT;\n\r\n")
        request.close_connection = True
        return True

    world.gateway.instead = cut


def no_rows(world: World, stack: ExitStack) -> None:
    _shrinking(world, stack, "hollow", before=3, after=0)


def lost_rows(world: World, stack: ExitStack) -> None:
    _shrinking(world, stack, "shrunk", before=40, after=2)


def _shrinking(world: World, stack: ExitStack, name: str, *, before: int, after: int) -> None:
    """A Context of that name that has been filled, saved, deleted, and made again with less in it."""
    with ExitStack() as first:
        new_context(world, first, name)
        _say(world, name, before)
        world.done("backup", "run", name)
    new_context(world, stack, name)
    _say(world, name, after)


def _say(world: World, name: str, count: int) -> None:
    if count:
        context = world.admin.contexts(name)
        session = context.sessions.create()
        for number in range(count):
            context.sessions.add_turn(session.id, role="user", content=f"Invoice {number} is unpaid.")


def lost_original(world: World, stack: ExitStack) -> None:
    new_context(world, stack, "bereft")
    note = world.folder / "note.md"
    note.write_text("# Harbour\n\nThe ferry leaves at nine.\n")
    bereft = world.admin.contexts("bereft")
    bereft.documents.wait(bereft.documents.upload(note).id)
    [stored] = [one for one in (world.deployment.data_dir / "objects/bereft").rglob("*") if one.is_file()]
    stored.unlink()


def killed_at_work(world: World, _: ExitStack) -> None:
    pieces = itertools.count()

    def passing(path: str, _: int) -> None:
        if path == EXPORT and next(pieces) == 0 and world.process is not None:
            assert kill(world.process.pid, lambda line: "backup run" in line)

    world.gateway.passing = passing


def nothing_of_it_is_a_set(world: World) -> None:
    assert world.sets.listing().sets == ()
    world.done("backup", "run", "acme")
    assert len(world.sets.listing().sets) == 1


def clocks_apart(world: World, _: ExitStack) -> None:
    world.copy_sets()
    world.gateway.clock = timedelta(minutes=20)


def _replied(request: BaseHTTPRequestHandler, status: int, body: bytes = b"") -> bool:
    reply(request, status, body)
    return True
