"""A question about very much: title, name and buttons stay in sight, and all of it can be read."""

import pytest
from textual.widgets import Button, Input

from spectron_tui.app import Dashboard
from spectron_tui.dialogs.asking import Asking
from spectron_tui.dialogs.consequence import Consequence
from spectron_tui.dialogs.naming import Naming

MUCH = "\n".join(f"set {number} goes" for number in range(100))


@pytest.mark.parametrize(
    "question", [Naming("Delete 100 sets?", MUCH, "nightly", "Prune"), Asking("End?", MUCH, "End")]
)
async def test_its_ends_stay_in_sight(looking: Dashboard, question: Naming | Asking) -> None:
    async with looking.run_test(size=(80, 24)) as pilot:
        await looking.push_screen(question)
        await pilot.pause()
        box = looking.screen.region
        parts = [*question.query(Button), *question.query(Input), question.query_one(".title")]
        assert all(part.region.height and box.contains_region(part.region) for part in parts)
        text = question.query_one(Consequence)
        assert (text.scroll_offset.y, looking.focused) == (0, question.query_one("#cancel"))
        await pilot.press("down", "pagedown")
        assert text.scroll_offset.y == 6
        await pilot.press("up")
        assert text.scroll_offset.y == 5
