"""What can be done in the dashboard, and by which keys."""

from docs.pages.table import code, table
from spectron_tui.actions.action import Area, Confirmation
from spectron_tui.actions.bindings import of

INTRODUCTION = """# Keys of the dashboard

`?` shows those that work where you are. `~/.config/spectron/keys.yaml`, or the file that `--keys` names, gives an
action other keys by its id: `contexts.create: ctrl+n`. What changes something works with `--write` alone.
"""
ASKS = {
    Confirmation.NONE: "",
    Confirmation.YES: "asks",
    Confirmation.NAME: "shows what goes and asks for the name",
}


def page() -> str:
    sections = (f"\n## {area.value.capitalize()}\n\n{_keys(area)}" for area in Area if of(area))
    return INTRODUCTION + "".join(sections)


def _keys(area: Area) -> str:
    rows = (
        (
            ", ".join(code(key) for key in one.keys),
            one.help,
            "yes" if one.changes else "",
            ASKS[one.confirmation],
            code(one.id),
        )
        for one in of(area)
    )
    return table(("keys", "what it does", "changes", "before", "id"), rows)
