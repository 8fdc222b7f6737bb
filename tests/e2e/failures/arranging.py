"""How each thing is made to go wrong, on the machine and in the repository."""

import fcntl
import json
import os
import random
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlencode

import pyrage
import pytest

from ops.repository.bucket_client import bucket_client
from ops.repository.manifest import Manifest
from ops.repository.names import manifest_of
from ops.repository.sets import Repository
from tests.e2e.failures.world import JOB, World, kill
from tests.objects.conftest import free_port
from tests.ops.conftest import CREDENTIALS, IMPATIENT
from tests.ops.damage import damaged_set, rewritten_set
from tests.support.http_server import body_of, listening, reply
from tests.support.mailbox import MailBox

MOUNTING = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
HOLDING = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from ops.repository.directory import DirectoryStorage
from ops.repository.location import FolderLocation
from ops.repository.lock import Lock
Lock(DirectoryStorage(FolderLocation(Path(sys.argv[1]))), "a backup", lambda: datetime.now(UTC)).acquire()
os.kill(os.getpid(), 9)
"""


def small_disk(world: World, _: ExitStack) -> None:
    _mounted(world, Path(world.repository), "size=128k")


def read_only_disk(world: World, _: ExitStack) -> None:
    _mounted(world, Path(world.repository), "size=1m,ro")


def small_temporary_folder(world: World, _: ExitStack) -> None:
    world.copy_sets()
    _mounted(world, world.folder / "tmp", "size=512k")
    world.environ["TMPDIR"] = str(world.folder / "tmp")


def file_limit(world: World, _: ExitStack) -> None:
    world.wrapper = ("prlimit", "--fsize=100000")


def vanished_disk(world: World, _: ExitStack) -> None:
    world.done("backup", "run", "acme")
    Path(world.repository).rename(world.folder / "unmounted")
    Path(world.repository).mkdir()


def dead_lock(world: World, _: ExitStack) -> None:
    died = subprocess.run([sys.executable, "-c", HOLDING, world.repository], check=False)
    assert died.returncode == -9
    world.job["ping"] = f"{world.receiver.url}/ping"


def living_lock(world: World, stack: ExitStack) -> None:
    stack.enter_context(world.sets.lock("a long backup").held())


def future_set(world: World, _: ExitStack) -> None:
    made = world.copy_sets().get("latest")
    ahead = made.model_copy(update={"id": "21000101T000000Z-ff", "started_at": made.started_at.replace(year=2100)})
    world.sets.storage.put(manifest_of(ahead.id), ahead.encode())


def truncated_file(world: World, _: ExitStack) -> None:
    file = _a_file(world)
    os.truncate(file, file.stat().st_size // 2)


def changed_byte(world: World, _: ExitStack) -> None:
    _change_a_byte(_a_file(world))


def changed_manifest(world: World, _: ExitStack) -> None:
    repository = world.copy_sets()
    _change_a_byte(Path(world.repository) / manifest_of(repository.get("latest").id))


def lost_file(world: World, _: ExitStack) -> None:
    _a_file(world).unlink()


def lost_manifest(world: World, _: ExitStack) -> None:
    repository = world.copy_sets()
    repository.storage.delete(manifest_of(world.set_id))


def damaged_dump(world: World, _: ExitStack) -> None:
    repository, manifest, _told = damaged_set(world.copy_sets().storage, "acme", "dropped row", random.Random(3))
    _publish(world, repository, manifest)


def newer_schema(world: World, _: ExitStack) -> None:
    def change(lines: list[bytes]) -> list[bytes]:
        prefix, _, document = lines[1].partition(b"{")
        header = json.loads(b"{" + document) | {"schema_version": 999}
        return [lines[0], prefix + json.dumps(header).encode() + b"\n", *lines[2:]]

    _publish(world, *rewritten_set(world.copy_sets().storage, "acme", change))


def encrypted_set(world: World, _: ExitStack) -> None:
    world.environ["SPECTRON_BACKUP_RECIPIENTS"] = str(pyrage.x25519.Identity.generate().to_public())
    world.done("backup", "run", "acme")


def wrong_age_key(world: World, stack: ExitStack) -> None:
    encrypted_set(world, stack)
    (world.folder / "age.key").write_text(f"{pyrage.x25519.Identity.generate()}\n")
    world.environ["SPECTRON_BACKUP_IDENTITY"] = str(world.folder / "age.key")


def dying_throwaway_server(world: World, stack: ExitStack) -> None:
    """It is killed as soon as it listens."""
    world.copy_sets()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            logs = world.folder.glob("spectron-drill-*/data.log")
            if any("listens on" in log.read_text() for log in logs) and world.process is not None:
                kill(world.process.pid, lambda line: "spectrond dev" in line)
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    stack.callback(watcher.join)
    stack.callback(ended.set)


def closed_endpoint(world: World, _: ExitStack) -> None:
    _in_bucket(world, f"http://127.0.0.1:{free_port()}")


def missing_bucket(world: World, _: ExitStack) -> None:
    _in_bucket(world, str(world.bucket.endpoint), "nobody-made-it")


def refusing_endpoint(world: World, stack: ExitStack) -> None:
    _in_bucket(world, _answering(stack, "AccessDenied"))


def skewed_endpoint(world: World, stack: ExitStack) -> None:
    _in_bucket(world, _answering(stack, "RequestTimeTooSkewed"))


def silent_endpoint(world: World, stack: ExitStack) -> None:
    ended = threading.Event()
    stack.callback(ended.set)

    def keep_waiting(_: BaseHTTPRequestHandler) -> None:
        ended.wait(120)

    _in_bucket(world, stack.enter_context(listening(keep_waiting)))
    world.job["timeout"] = "5s"


def upload_cut_short(world: World, stack: ExitStack) -> None:
    """The job is killed while the parts of a large document go up."""
    _in_bucket(world, str(world.bucket.endpoint))
    new_context(world, stack, "large")
    document = world.folder / "large.bin"
    document.write_bytes(random.Random(1).randbytes(12 << 20))
    world.admin.contexts("large").documents.upload(document)
    client = bucket_client(world.bucket, CREDENTIALS, IMPATIENT)
    stack.callback(client.close)

    def passing(path: str, _: int) -> None:
        if path.endswith("/raw") and world.process is not None:
            uploads = client.list_multipart_uploads(Bucket=world.bucket.bucket).get("Uploads", [])
            if uploads:
                kill(world.process.pid, lambda line: "backup run" in line)

    world.gateway.passing = passing


def the_next_run_clears_the_upload(world: World) -> None:
    client = bucket_client(world.bucket, CREDENTIALS, IMPATIENT)
    assert client.list_multipart_uploads(Bucket=world.bucket.bucket)["Uploads"]
    assert "left half-written were removed" in world.done("backup", "run", "acme")
    assert "Uploads" not in client.list_multipart_uploads(Bucket=world.bucket.bucket)
    client.close()


def damaged_state(world: World, _: ExitStack) -> None:
    world.state.parent.mkdir()
    world.state.write_text('{"jobs": {"nightly": {"since": "2026-')


def missed_runs(world: World, _: ExitStack) -> None:
    world.copy_sets()
    since = datetime.now(UTC) - timedelta(days=3, hours=2)
    world.state.parent.mkdir()
    world.state.write_text(json.dumps({"jobs": {JOB: {"since": since.isoformat()}}}))


def running_already(world: World, stack: ExitStack) -> None:
    world.state.parent.mkdir()
    lock = stack.enter_context((world.state.parent / f"{JOB}.lock").open("ab"))
    fcntl.flock(lock, fcntl.LOCK_EX)


def unknown_field(world: World, _: ExitStack) -> None:
    world.job |= {"evry": "day", "ping": f"{world.receiver.url}/ping"}


def no_room_for_figures(world: World, _: ExitStack) -> None:
    world.copy_sets()
    (world.folder / "file").touch()
    world.schedule["metrics"] = {"textfile": str(world.folder / "file/spectron.prom")}


def lost_ping(world: World, _: ExitStack) -> None:
    world.copy_sets()
    world.job["ping"] = f"{world.receiver.url}/lost"
    world.receiver.answers["/lost"] = 500


def broken_hook(world: World, _: ExitStack) -> None:
    world.schedule["notify"]["webhooks"].append({"url": f"{world.receiver.url}/broken"})
    world.receiver.answers["/broken"] = 500


def silent_hook(world: World, stack: ExitStack) -> None:
    world.schedule["notify"]["timeout"] = "1s"
    world.receiver.slow = threading.Event()
    stack.callback(world.receiver.slow.set)


def refused_mail(world: World, stack: ExitStack) -> None:
    box = MailBox(refuse=b"nobody of that name")
    box.start()
    stack.callback(box.join)
    mail = {"host": "127.0.0.1", "port": box.port, "security": "none", "sender": "ops@example.org"}
    world.schedule["notify"]["mail"] = mail | {"to": ["oncall@example.org"]}


def keep_schedule(world: World) -> tuple[int, str]:
    """`schedule run` instead of `schedule once`, until the job has run."""
    with world.ops("schedule", "run", "--config", str(world.config)) as process:
        process.wait_for(f"{JOB} (went well|ended)", 120)
        return process.stop(), process.output


def _mounted(world: World, folder: Path, options: str) -> None:
    folder.mkdir(parents=True)
    mount = (*MOUNTING, f'mount -t tmpfs -o {options} tmpfs "{folder}" && exec "$0" "$@"')
    if subprocess.run([*mount, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    world.wrapper = mount


def _in_bucket(world: World, endpoint: str, bucket: str | None = None) -> None:
    query = urlencode({"endpoint": endpoint, "region": "us-east-1"})
    world.repository = f"s3://{bucket or world.bucket.bucket}/backups?{query}"


def _answering(stack: ExitStack, code: str) -> str:
    body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()

    def refuse(request: BaseHTTPRequestHandler) -> None:
        body_of(request)
        reply(request, 403, body, "application/xml")

    return stack.enter_context(listening(refuse))


def _a_file(world: World) -> Path:
    dump = world.copy_sets().get("latest").of_context("acme")
    assert dump is not None
    return Path(world.repository) / dump.file.name


def _change_a_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _publish(world: World, repository: Repository, manifest: Manifest) -> None:
    with repository.lock("a test").held() as lock:
        repository.publish(manifest, lock)
    world.set_id = manifest.id


def new_context(world: World, stack: ExitStack, name: str) -> None:
    world.admin.contexts.create(id=name, namespace=name, database=name)
    stack.callback(world.admin.contexts.delete, name)
