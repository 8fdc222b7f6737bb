"""Every place in every state and size."""

from collections.abc import Callable
from typing import Any

import pytest

from spectron_tui.places import PLACES
from spectron_tui.programs.programs import NoPrograms
from spectron_tui.themes import THEMES
from tests.spectron_tui.pictures.scenes import Hanging, Silent, empty, filled, leaving, settled, still, themed
from tests.spectron_tui.surroundings import refusing

Compare = Callable[..., bool]
SMALL, MIDDLE, LARGE = (80, 24), (120, 40), (200, 60)
SIZES = {"small": SMALL, "middle": MIDDLE, "large": LARGE}
BUSY = 40.0
"""Seconds into the demo, when documents are on their way."""
places = pytest.mark.parametrize("place", PLACES)


@places
@pytest.mark.parametrize("size", SIZES)
def test_filled(snap_compare: Compare, place: str, size: str) -> None:
    dashboard = filled(seconds=BUSY).dashboard(place, watched=True)
    assert snap_compare(dashboard, terminal_size=SIZES[size], run_before=settled)


@places
def test_loading(snap_compare: Compare, place: str) -> None:
    dashboard = filled().dashboard(place, transport=Silent(), programs=Hanging())
    assert snap_compare(dashboard, terminal_size=SMALL, run_before=still)


@places
def test_empty(snap_compare: Compare, place: str) -> None:
    dashboard = empty().dashboard(place, repository=None)
    assert snap_compare(dashboard, terminal_size=SMALL, run_before=settled)


@places
def test_failed(snap_compare: Compare, place: str) -> None:
    dashboard = filled().dashboard(place, transport=refusing(), programs=NoPrograms())
    assert snap_compare(dashboard, terminal_size=SMALL, run_before=settled)


@places
@pytest.mark.parametrize("size", ["small", "middle"])
def test_stale(snap_compare: Compare, place: str, size: str) -> None:
    scene = filled(seconds=BUSY)
    assert snap_compare(scene.dashboard(place, watched=True), terminal_size=SIZES[size], run_before=leaving(scene))


@places
@pytest.mark.parametrize("theme", [theme.name for theme in THEMES[1:]])
def test_other_colours(snap_compare: Compare, place: str, theme: str) -> None:
    dashboard: Any = filled(seconds=BUSY).dashboard(place, watched=True)
    assert snap_compare(dashboard, terminal_size=MIDDLE, run_before=themed(theme))
