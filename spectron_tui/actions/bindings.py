"""Actions as Textual bindings, and keys that an operator chose instead."""

from collections.abc import Iterable, Mapping

from textual.binding import Binding, BindingType

from spectron.errors import ArgumentError
from spectron_tui.actions.action import Action, Area
from spectron_tui.actions.catalogue import ACTIONS


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
    for id in chosen:
        if id not in known:
            raise ArgumentError(f"There is no action {id!r} to bind a key to. `spectron-tui keys` lists them.")
    keys = {id: chosen.get(id, ",".join(action.keys)) for id, action in known.items()}
    for area in Area:
        taken: dict[str, str] = {}
        for action in (*of(Area.EVERYWHERE), *of(area)) if area is not Area.EVERYWHERE else of(area):
            for key in keys[action.id].split(","):
                other = taken.setdefault(key, action.id)
                if other != action.id:
                    raise ArgumentError(f"{action.id} and {other} can't both be on the key {key!r}.")
    return dict(chosen)
