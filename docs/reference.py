"""All reference pages, by the names of their files."""

from pathlib import Path

from docs.description import described
from docs.pages import commands, dashboard, errors, exit_codes, metrics, routes, schedule, settings

FOLDER = Path(__file__).parent / "reference"
NOTICE = "<!-- Written by `make docs` from the code; a test says when it is stale. -->"


def written() -> dict[str, str]:
    """Each page's text as the code is now."""
    server = described()
    pages = {
        "settings.md": settings.page(),
        "routes.md": routes.page(server.openapi),
        "commands.md": commands.page(),
        "dashboard.md": dashboard.page(),
        "exit-codes.md": exit_codes.page(),
        "metrics.md": metrics.page(server.metrics),
        "errors.md": errors.page(),
        "schedule.md": schedule.page(),
    }
    return {name: f"{NOTICE}\n\n{text}" for name, text in pages.items()}
