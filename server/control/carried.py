"""What a Context has in the control plane, on its way to another Context: of the registry here, or of a dump."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surrealdb.data.cbor import decode

from server.control.registry import Registry
from server.control.secrets import Cipher
from server.core.errors import UnavailableError, UnprocessableError
from server.store.dumps.marks import Header, TableSum, Trailer
from server.store.dumps.pages import Page, Sum, length
from server.store.dumps.reading import Rows, parts
from server.store.engine import Database, Row
from server.store.results import plain

TABLES = ("context", "provider_secret", "api_key")


@dataclass(frozen=True)
class Carried:
    """Configuration, provider keys in the clear, those that cannot be read here, and the rows of API keys."""

    config: Mapping[str, Any]
    providers: Mapping[str, str]
    unreadable: Sequence[str]
    keys: Sequence[Row]


async def of_registry(registry: Registry, metadata: Database, context_id: str) -> Carried:
    """What a Context of this deployment has."""
    context = await registry.get(context_id)
    sealed = [(name, await registry.provider_key(context_id, name)) for name in context.providers]
    keys = await metadata.rows(
        "SELECT *, record::id(id) AS id FROM api_key WHERE context_id = $id ORDER BY created_at, id", {"id": context_id}
    )
    return Carried(context.config, {name: key for name, key in sealed if key is not None}, (), keys)


async def of_dump(pieces: AsyncIterator[bytes], context_id: str, cipher: Cipher) -> Carried:
    """What a Context has in a dump of a control plane; provider keys only under the master key of that one."""
    rows = await _rows(pieces)
    registered = next((row for row in rows["context"] if row["id"].id == context_id), None)
    if registered is None:
        raise UnprocessableError(f"The dump of the control plane knows no Context {context_id!r}; take one that does.")
    providers, unreadable = {}, []
    for secret in _owned(rows["provider_secret"], context_id):
        try:
            plain_key = cipher.decrypt(secret["ciphertext"], f"{context_id}/{secret['provider']}")
        except UnavailableError:
            unreadable.append(secret["provider"])
        else:
            providers[secret["provider"]] = plain_key.decode()
    keys = [row | {"id": row["id"].id} for row in _owned(rows["api_key"], context_id)]
    return Carried(registered["config"], providers, unreadable, keys)


def _owned(rows: Sequence[Row], context_id: str) -> list[Row]:
    return [row for row in rows if row["context_id"] == context_id]


async def _rows(pieces: AsyncIterator[bytes]) -> dict[str, list[Row]]:
    """The rows of the tables that matter, which must be what the last line says of them."""
    blocks: dict[str, list[bytes]] = {name: [] for name in TABLES}
    async for part in parts(pieces):
        match part:
            case Header() if part.kind != "control" or part.rows != "blocks":
                raise UnprocessableError(
                    f"A dump of a control plane with encoded rows is needed here; this one is of a {part.kind} "
                    f"database, with {part.rows}."
                )
            case Rows() if part.table in blocks and part.encoded is not None:
                blocks[part.table].append(part.encoded)
            case Trailer() if any(part.tables.get(name) != _sum(blocks[name]) for name in TABLES):
                raise UnprocessableError("The dump of the control plane is not what its last line says it holds.")
    return {name: [row for block in found for row in plain(decode(block))] for name, found in blocks.items()}


def _sum(blocks: Sequence[bytes]) -> TableSum:
    total = Sum()
    for block in blocks:
        total.add(Page(length(block), block, None, 0))
    return total.total
