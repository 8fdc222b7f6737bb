"""Backup sets, made up or really written."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from ops.dump import DumpWatch
from ops.repository.encryption import Recipients
from ops.repository.manifest import Dump, File, Manifest
from ops.repository.names import context_dump, control_dump, set_id
from ops.repository.sets import Repository
from tests.ops.conftest import START
from tests.ops.dumps import dump_of, pieces_of

NOBODY = Recipients()


def manifest(id: str, contexts: Mapping[str, int], at: datetime = START) -> Manifest:  # noqa: A002 - as it is called
    """A manifest without files behind it."""
    dumps = tuple(_dump(id, context, rows) for context, rows in contexts.items())
    return Manifest(
        id=id,
        started_at=at,
        finished_at=at,
        tool_version="0.1.0",
        source="http://127.0.0.1:9090",
        contexts=dumps,
        control=_dump(id, None, 1),
    )


def write_set(repository: Repository, contexts: Mapping[str, int], recipients: Recipients = NOBODY) -> Manifest:
    """A set as a run would leave it."""
    made = manifest(set_id(repository.now(), secrets.token_hex(2)), contexts, repository.now())
    dumps = [
        dump.model_copy(
            update={"file": repository.add(_name(made.id, dump.context, recipients), _text(dump), recipients, _ignore)}
        )
        for dump in made.dumps
    ]
    made = made.model_copy(update={"contexts": tuple(dumps[:-1]), "control": dumps[-1], "recipients": recipients.texts})
    with repository.lock("a test").held() as lock:
        repository.publish(made, lock)
    return made


def _dump(id: str, context: str | None, rows: int) -> Dump:  # noqa: A002 - as it is called
    watch = DumpWatch()
    data = _data(context, rows)
    watch.feed(data)
    header, trailer = watch.summary()
    digest = sha256(data).hexdigest()
    file = File(name=_name(id, context, NOBODY), size=9, sha256=digest, plain_size=len(data), plain_sha256=digest)
    return Dump(file=file, kind="context" if context else "control", context=context, header=header, trailer=trailer)


def _data(context: str | None, rows: int) -> bytes:
    return dump_of(context, {"turn": [f"{{ id: turn:{number} }}" for number in range(rows)]})


def _text(dump: Dump) -> list[bytes]:
    return [*pieces_of(_data(dump.context, dump.trailer.rows))]


def _name(id: str, context: str | None, recipients: Recipients) -> str:  # noqa: A002 - as it is called
    return context_dump(id, context, recipients) if context else control_dump(id, recipients)


def _ignore(_: bytes) -> None: ...
