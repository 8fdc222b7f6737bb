"""Actions as Textual bindings, and keys that an operator chose instead."""

from collections.abc import Iterable, Mapping

from textual.binding import Binding, BindingType

from spectron.errors import ArgumentError
from spectron_tui.actions.action import Action, Area
from spectron_tui.actions.catalogue import ACTIONS

WITHIN = ("up", "k", "down", "j", "pageup", "ctrl+b", "pagedown", "ctrl+f", "home", "g", "end", "G")
BETWEEN = ("left", "right", "tab", "shift+tab")
MOVES = frozenset((*WITHIN, *BETWEEN))
"""Keys that move within a table and between parts of a screen; no action can have them."""
UNTABLED = frozenset({Area.EVERYWHERE, Area.TRACE, Area.OUTPUT, Area.RUNBOOK})
"""Areas whose screens have no table."""


def of(area: Area) -> tuple[Action, ...]:
    """The actions of one area."""
    return tuple(action for action in ACTIONS if action.area is area)


def bindings(actions: Iterable[Action]) -> list[BindingType]:
    """What Textual shows in the footer and listens to."""
    return [
        Binding(
            ",".join(action.keys), action.method, action.label, show=action.in_footer, tooltip=action.help, id=action.id
        )
        for action in actions
    ]


def keymap(chosen: Mapping[str, str]) -> dict[str, str]:
    """The keys an operator chose, by the id of the action; two actions of one screen can't share a key."""
    known = {action.id: action for action in ACTIONS}
    for name in chosen:
        if name not in known:
            raise ArgumentError(f"There is no action {name!r} to bind a key to. `spectron-tui --list-keys` lists them.")
    keys = {name: chosen.get(name, ",".join(action.keys)).split(",") for name, action in known.items()}
    for area in Area:
        taken = dict.fromkeys(MOVES, "moving about")
        for action in reachable(area):
            for key in keys[action.id]:
                other = taken.setdefault(key, action.id)
                if other != action.id:
                    raise ArgumentError(f"{action.id} and {other} can't both be on the key {key!r}.")
    return dict(chosen)


def reachable(area: Area) -> tuple[Action, ...]:
    """Every action that a key calls on a screen of that area."""
    areas = {area, Area.EVERYWHERE, Area.REPLAY} | (set() if area in UNTABLED else {Area.TABLE})
    return tuple(action for action in ACTIONS if action.area in areas)
