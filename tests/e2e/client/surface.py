"""What the official client offers, found by looking at it: constructor, properties, methods and their parameters."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from surrealdb_memory import AsyncMemory, Memory

CLIENTS: dict[str, type[Memory] | type[AsyncMemory]] = {"sync": Memory, "async": AsyncMemory}
CONSTRUCTOR = "Memory"
NAMESPACES = "._namespaces."

Surface = dict[str, frozenset[str]]


def missing(kind: str, held: Mapping[str, AbstractSet[str]]) -> dict[str, list[str]]:
    """The members that did not answer, and the parameters that they were not given."""
    wanted = surface_of(kind).items()
    return {name: sorted(all_of - held.get(name, set())) for name, all_of in wanted if not _whole(held, name, all_of)}


def surface_of(kind: str) -> Surface:
    """The parameters of each public member, by its name such as `documents.keywords.list`."""
    made = CLIENTS[kind]
    client = made("any", endpoint="http://127.0.0.1:9", api_key="any")
    found = {CONSTRUCTOR: parameters(made.__init__) - {"self"}}
    return found | dict(_members(client, ""))


def is_namespace(value: object) -> bool:
    return NAMESPACES in type(value).__module__


def parameters(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


def _whole(held: Mapping[str, AbstractSet[str]], name: str, wanted: AbstractSet[str]) -> bool:
    return name in held and wanted <= held[name]


def _members(thing: object, path: str) -> Iterator[tuple[str, frozenset[str]]]:
    for name in dir(thing):
        if name.startswith("_"):
            continue
        member = getattr(thing, name)
        if is_namespace(member):
            yield from _members(member, f"{path}{name}.")
        else:
            yield path + name, parameters(member) if callable(member) else frozenset()
