"""The reference pages are what the code says now, and everything on them says what it is for."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from docs.pages import schedule
from docs.pages.commands import PROGRAMS, leaves, parts
from docs.pages.settings import leaves as keys
from docs.reference import FOLDER, written
from server.control.config import ContextConfig
from server.settings import Settings
from spectron_tui.actions.catalogue import ACTIONS
from tests.support.answers import documented


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return written()


def test_no_page_is_stale(pages: dict[str, str]) -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert sorted(kept) == sorted(pages)
    stale = [name for name in pages if kept[name] != pages[name]]
    assert not stale, "`make docs` writes them anew"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_says_what_it_is_for(name: str) -> None:
    assert _is_a_sentence(Settings.model_fields[name].description)


@pytest.mark.parametrize(("name", "field"), schedule.fields())
def test_each_key_of_the_schedule_says_what_it_is_for(name: str, field: Any) -> None:
    assert _is_a_sentence(field.description), name


@pytest.mark.parametrize(("name", "field"), keys(ContextConfig))
def test_each_key_of_a_context_says_what_it_is_for(name: str, field: Any) -> None:
    assert _is_a_sentence(field.description), name


def test_each_route_says_what_it_does() -> None:
    silent = [one["operationId"] for one in documented().operations() if not _is_a_sentence(one["description"])]
    assert not silent


def commands() -> Iterator[Any]:
    for name, program in PROGRAMS.items():
        for path, command in leaves(typer.main.get_command(program), name):
            yield pytest.param(path, command, id=path)


@pytest.mark.parametrize(("path", "command"), commands())
def test_each_command_says_what_it_does_and_shows_how(path: str, command: Any) -> None:
    does, example = parts(command)
    assert _is_a_sentence(does)
    assert path.split(maxsplit=1)[0] in example
    unexplained = [one.name for one in command.params if not one.help and one.name != "help"]
    assert not unexplained


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_each_action_of_the_dashboard_says_what_it_does(action: Any) -> None:
    assert _is_a_sentence(action.help)


def _is_a_sentence(text: str | None) -> bool:
    words = (text or "").strip()
    return bool(words) and words[-1] in ".!?)`" and not words[0].islower()
