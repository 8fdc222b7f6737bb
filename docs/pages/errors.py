"""What goes wrong over HTTP, by the last part of a problem's `type`."""

import inspect
from collections.abc import Iterator

from docs.pages.table import code, table
from server.core.errors import SpectronError
from server.http.problems import STATUS, TYPE_PREFIX

INTRODUCTION = f"""# Errors

An error is an RFC 9457 problem document. `type` is `{TYPE_PREFIX}` and one of these; `detail` says what
happened, to what, and what to do; `request_id` finds it in the log.

"""
OF_THE_PROTOCOL = {"method-not-allowed": "The path does not take this method; `Allow` lists those it takes."}


def page() -> str:
    meanings = {kind.slug: inspect.getdoc(kind) or "" for kind in reversed([*_kinds(SpectronError)])} | OF_THE_PROTOCOL
    rows = ((code(slug), str(status), meanings[slug]) for slug, status in STATUS.items())
    return INTRODUCTION + table(("slug", "status", "what it means"), rows)


def _kinds(kind: type[SpectronError]) -> Iterator[type[SpectronError]]:
    """A class and all below it; those nearer to the root come first."""
    level = [kind]
    while level:
        yield from level
        level = [below for one in level for below in one.__subclasses__()]
