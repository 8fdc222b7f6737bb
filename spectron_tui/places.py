"""The places that an operator goes to, in the order of their keys."""

from collections.abc import Callable, Mapping
from typing import Any

from spectron_tui.screens.backups import BackupsScreen
from spectron_tui.screens.contexts import ContextsScreen
from spectron_tui.screens.ingestion import IngestionScreen
from spectron_tui.screens.live import LiveScreen
from spectron_tui.screens.overview import OverviewScreen
from spectron_tui.screens.retention import RetentionScreen
from spectron_tui.screens.runbooks import RunbooksScreen
from spectron_tui.screens.traces import TracesScreen

PLACES: Mapping[str, Callable[..., LiveScreen[Any]]] = {
    "overview": OverviewScreen,
    "contexts": ContextsScreen,
    "ingestion": IngestionScreen,
    "traces": TracesScreen,
    "retention": RetentionScreen,
    "backups": BackupsScreen,
    "runbooks": RunbooksScreen,
}
