"""How the programs end."""

import inspect
from collections.abc import Iterator

from docs.pages.table import code, table
from ops.errors import DONE, FAILED, NOTHING, USAGE, OpsError

INTRODUCTION = """# Exit codes

The same for `spectrond`, `spectronctl`, `spectron-ops` and `spectron-tui`; whatever is not 0 comes with a
sentence on standard error.

"""
MEANINGS = {
    DONE: "Done.",
    FAILED: "Something failed; with `spectron-ops` also: an alarm was sounded, or a check did not pass.",
    USAGE: "Wrong usage: an option, an argument or a setting that does not exist or is not valid.",
    NOTHING: "There was nothing to do, or somebody else is at it.",
    130: "Interrupted with Ctrl-C.",
}
OF_OPS = "\n## What `spectron-ops` can meet\n\n"


def page() -> str:
    codes = table(("code", "what it means"), ((code(number), meaning) for number, meaning in MEANINGS.items()))
    met = ((inspect.getdoc(kind) or "", code(kind.exit_code)) for kind in _kinds(OpsError) if kind is not OpsError)
    return INTRODUCTION + codes + OF_OPS + table(("what", "code"), met)


def _kinds(kind: type[OpsError]) -> Iterator[type[OpsError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)
