"""One thing an operator can do."""

from dataclasses import dataclass
from enum import StrEnum


class Area(StrEnum):
    """Where an action works: everywhere, where a recording is played, wherever there is a table, or on one screen."""

    EVERYWHERE = "everywhere"
    REPLAY = "replay"
    TABLE = "table"
    OVERVIEW = "overview"
    CONTEXTS = "contexts"
    CONTEXT = "context"
    INGESTION = "ingestion"
    DOCUMENT = "document"
    TRACES = "traces"
    TRACE = "trace"
    ENTITY = "entity"
    RETENTION = "retention"
    BACKUPS = "backups"
    OUTPUT = "output"
    RUNBOOKS = "runbooks"
    RUNBOOK = "runbook"
    RUNLOG = "runlog"


NEAREST_FIRST = {Area.TABLE: 1, Area.REPLAY: 2, Area.EVERYWHERE: 3}
"""Where actions stand in footer and help: after what the screen alone can do."""
EVERYWHERE = frozenset({Area.EVERYWHERE, Area.REPLAY})
"""Areas whose actions are the application's own."""


class Confirmation(StrEnum):
    """What is asked before an action is carried out."""

    NONE = "none"
    YES = "yes"
    """A question whose Cancel has the focus."""
    NAME = "name"
    """What goes and what stays is shown, and the name of what goes is typed."""


@dataclass(frozen=True)
class Action:
    """An id that never changes, the keys it has by default, and what it does in words."""

    id: str
    area: Area
    keys: tuple[str, ...]
    label: str
    help: str
    changes: bool = False
    """Whether it sends a request that changes something; read-only mode refuses it."""
    confirmation: Confirmation = Confirmation.NONE
    in_footer: bool = True

    @property
    def method(self) -> str:
        """The name that Textual dispatches: `action_<method>` on the screen or the application."""
        return self.id.replace(".", "_").replace("-", "_")
