"""Entities in a database, made, renamed, hidden, shown and deleted as the domains do it."""

import random
from collections.abc import Sequence

from surrealdb import RecordID

from server.core.scope import parse
from server.core.visibility import Visibility, visible
from server.index.chunk import Id, id_of
from server.store.engine import Database, Variables
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids
from tests.index.world import START

NAMES = ("anna", "olga", "robert", "bob", "zelda", "quirin")
EMBEDDING = [1.0] + [0.0] * 1535
MAKE = f"""{ENSURE_ATTRIBUTES}
UPSERT $id SET name = $name, type = 'Person', normalised = $normalised, aliases = $aliases, embedding = $embedding,
    memory_category = 'knowledge', scope = <set>$scope_attributes, forgotten_at = NONE, valid_until = NONE
    RETURN NONE"""
HIDE = "UPDATE $id SET forgotten_at = $now, valid_until = $now RETURN NONE"
SHOW = "UPDATE $id SET forgotten_at = NONE, valid_until = NONE WHERE name != NONE RETURN NONE"
DELETE = "DELETE $id RETURN NONE"


def of_user(user: str) -> Visibility:
    return visible(frozenset(), [parse({"user": user})])


def everybody() -> Visibility:
    return visible(frozenset())


class People:
    """Persons by their names, one for a name and a scope."""

    def __init__(self, database: Database, chance: random.Random | None = None) -> None:
        self._database = database
        self._chance = chance or random.Random(0)

    async def make(self, name: str, user: str = "", aliases: Sequence[str] = ()) -> Id:
        """Make somebody, or give them other names; their id."""
        variables = {
            "name": name.capitalize(),
            "normalised": name,
            "aliases": list(aliases) or None,
            "embedding": EMBEDDING,
            "scope_attributes": attribute_ids(parse({"user": user}) if user else frozenset()),
        }
        return await self._write(MAKE, _record(name, user), variables)

    async def hide(self, name: str, user: str = "") -> Id:
        return await self._write(HIDE, _record(name, user), {"now": START})

    async def act(self) -> Id:
        """Do something to somebody; their id."""
        name, user = self._chance.choice(NAMES), self._chance.choice(["", "alice", "bob"])
        match self._chance.choice(["make", "make", "hide", "show", "delete"]):
            case "make":
                return await self.make(name, user, self._chance.sample(NAMES, self._chance.randint(0, 2)))
            case "hide":
                return await self.hide(name, user)
            case "show":
                return await self._write(SHOW, _record(name, user), {})
        return await self._write(DELETE, _record(name, user), {})

    async def _write(self, text: str, record: RecordID, variables: Variables) -> Id:
        await self._database.write(text, {**variables, "id": record})
        return id_of(record)


def _record(name: str, user: str) -> RecordID:
    return RecordID("entity", ["Person", f"{name}~{user}"])
