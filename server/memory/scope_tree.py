"""The places of the scope tree: those that somebody registered, and those that records are in."""

from dataclasses import dataclass
from datetime import datetime

from server.core.clock import Clock
from server.core.errors import NotFoundError
from server.core.scope import Scope
from server.core.visibility import Visibility
from server.memory.names import scope_digest
from server.store.engine import Database, Row
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids, condition, scope_of

REGISTER = f"""{ENSURE_ATTRIBUTES}
UPSERT type::record('scope_node', $id) SET path = path ?? $path, scope = <set>$scope_attributes,
    display_name = $display_name ?? display_name, description = $description ?? description,
    created_at = created_at ?? $now, tombstoned_at = NONE RETURN NONE"""
REMOVE = "UPDATE type::record('scope_node', $id) SET tombstoned_at = $now WHERE tombstoned_at = NONE RETURN id"
USED = ("session", "attribute", "document")


@dataclass(frozen=True, slots=True)
class Place:
    """A scope with its path; one that is only in use has no names."""

    path: str
    scope: Scope
    created_at: datetime
    display_name: str | None = None
    description: str | None = None
    tombstoned_at: datetime | None = None
    registered: bool = False


class ScopeTree:
    """Registers places and lists them; what is in them stays when a place is removed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def register(
        self, database: Database, scope: Scope, path: str, display_name: str | None, description: str | None
    ) -> Place:
        """Put a place on the tree, or back on it."""
        variables = {
            "id": scope_digest(scope),
            "path": path,
            "scope_attributes": attribute_ids(scope),
            "display_name": display_name,
            "description": description,
            "now": self._clock.now(),
        }
        await database.write(REGISTER, variables, repeatable=True)
        rows = await database.rows("SELECT * FROM type::record('scope_node', $id)", variables)
        return _place(rows[0])

    async def places(self, database: Database, visibility: Visibility) -> list[Place]:
        """What a caller sees of the tree, in the order of the paths."""
        rule, variables = condition(visibility)
        registered, *used = await database.read(
            f"SELECT * FROM scope_node WHERE {rule};"
            + ";".join(
                f"SELECT scope, time::min(created_at) AS created_at FROM {table} WHERE {rule} GROUP BY scope"
                for table in USED
            ),
            variables,
        )
        places = {scope_of(row["scope"]): _place(row) for row in registered}
        for row in (row for rows in used for row in rows):
            scope = scope_of(row["scope"])
            if scope:
                places.setdefault(scope, Place(path_of(scope), scope, row["created_at"]))
        return sorted(places.values(), key=lambda place: place.path)

    async def remove(self, database: Database, scope: Scope, path: str) -> None:
        """Take a place off the tree."""
        *_, removed = await database.write(REMOVE, {"id": scope_digest(scope), "now": self._clock.now()})
        if not removed:
            raise NotFoundError(
                f"The scope {path[:80]!r} is not registered; `GET …/scopes` lists the places there are."
            )


def path_of(scope: Scope) -> str:
    """A scope as a path; keys in their alphabetical order."""
    return "/".join(f"{key}/{value}" for key, value in sorted(scope))


def _place(row: Row) -> Place:
    return Place(
        path=row["path"],
        scope=scope_of(row["scope"]),
        created_at=row["created_at"],
        display_name=row.get("display_name"),
        description=row.get("description"),
        tombstoned_at=row.get("tombstoned_at"),
        registered=True,
    )
