"""Whatever names a page names one that is there, and whatever a page names is there too.

That alerts and pages lead to each other is proven beside the alerts.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ops
import spectron_tui
from runbooks.library import Library
from runbooks.page import Page

PAGES = Library.shipped().pages
SLUGS = {page.slug for page in PAGES}
OPS, DASHBOARD = Path(ops.__file__).parent, Path(spectron_tui.__file__).parent


def named(file: Path) -> Iterator[str]:
    """The texts in a module that have the form of a page's name and begin as one does."""
    first_words = {slug.partition("-")[0] for slug in SLUGS}
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if re.fullmatch(r"[a-z]+(-[a-z]+)+", text) and text.partition("-")[0] in first_words:
                yield text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_a_page_links_to_pages(page: Page) -> None:
    linked = set(re.findall(r"\[([^\]]+)\]\(([^)]+)\.md\)", page.text))
    assert {target for _, target in linked} <= SLUGS
    assert all(words == target for words, target in linked)


@pytest.mark.parametrize(
    "file", [*OPS.rglob("doctor/*.py"), *OPS.rglob("schedule/*.py"), DASHBOARD / "feed" / "troubles.py"], ids=str
)
def test_what_the_tools_advise_is_there(file: Path) -> None:
    assert set(named(file)) <= SLUGS


def test_every_page_is_led_to() -> None:
    """By an alert or by another page, but for what somebody comes to of his own accord."""
    linked = {target for page in PAGES for target in re.findall(r"\]\(([^)]+)\.md\)", page.text)}
    unannounced = {"context-move", "retention-gone-wrong"}
    assert SLUGS - linked - unannounced - {page.slug for page in PAGES if page.alerts} == set()
