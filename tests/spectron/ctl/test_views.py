"""What people see fits a narrow terminal, and ids stay in one piece there."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from spectron.ctl import belief_views, document_views, recall_views
from spectron.models.belief import Attribute, Entity, EntityDetail, Profile, State, StateDiff
from spectron.models.document import Chunk, Document, DocumentHit, Keyword
from spectron.models.job import Job
from spectron.models.memory import ChatSession, Place, Remembered, Turn
from spectron.models.recall import Recalled, Reflection
from spectron.models.record import Record, read, read_page
from spectron.models.trace import FsckReport, Trace, TraceStats
from spectron.terminal.output import Output
from tests.spectron import memories

WIDTH = 80
ID = "c13d01fwt9sb3tdt"
JOB_ID = "20261121051201035091-8mht824l"
WORDY = "Something rather long that somebody said about the ships of Lisbon and Porto in the year 2026. " * 5
SCOPE = {"org": "acme-international", "department": "shipping", "user": "alice.wonderland"}

PAGES: list[tuple[Callable[..., Any], type[Record], dict[str, Any]]] = [
    (document_views.document_list, Document, memories.DOCUMENT | {"id": ID, "title": WORDY, "status": "extracting"}),
    (document_views.chunk_list, Chunk, memories.CHUNK | {"text": WORDY, "section": WORDY}),
    (document_views.keyword_list, Keyword, memories.KEYWORD | {"text": WORDY}),
    (document_views.document_hits, DocumentHit, memories.DOCUMENT_HIT | {"document": {"title": WORDY}}),
    (document_views.job_list, Job, memories.JOB | {"id": JOB_ID, "subject": ID, "context_id": "acme-production"}),
    (belief_views.session_list, ChatSession, memories.SESSION | {"id": ID, "scope": SCOPE}),
    (belief_views.turn_list, Turn, memories.TURN | {"content": WORDY, "role": "assistant"}),
    (belief_views.entity_list, Entity, memories.ENTITY | {"name": WORDY, "aliases": [WORDY], "scope": SCOPE}),
    (belief_views.history_list, Attribute, memories.ATTRIBUTE | {"value": WORDY, "scope": SCOPE}),
    (recall_views.trace_list, Trace, memories.TRACE_ROW | {"id": ID, "query": WORDY, "tier": "full_context"}),
]
SHEETS: list[tuple[Callable[..., Any], type[Record], dict[str, Any]]] = [
    (document_views.document_sheet, Document, memories.DOCUMENT | {"id": ID, "title": WORDY}),
    (document_views.job_sheet, Job, memories.JOB | {"id": JOB_ID, "error": WORDY}),
    (belief_views.remembered_sheet, Remembered, memories.REMEMBERED | {"session_id": ID}),
    (belief_views.entity_sheet, EntityDetail, memories.ENTITY_DETAIL),
    (belief_views.state_sheet, State, memories.STATE),
    (belief_views.diff_sheet, StateDiff, memories.STATE_DIFF),
    (belief_views.profile_sheet, Profile, memories.PROFILE),
    (recall_views.recalled_sheet, Recalled, memories.RECALLED | {"trace_id": ID}),
    (recall_views.reflection_sheet, Reflection, memories.REFLECTION | {"reflection": WORDY}),
    (recall_views.trace_sheet, Trace, memories.TRACE_DETAIL | {"id": ID, "query": WORDY}),
    (recall_views.stats_sheet, TraceStats, memories.TRACE_STATS),
    (recall_views.fsck_sheet, FsckReport, memories.FSCK),
]


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    return Screen()


def check(screen: Screen, document: dict[str, Any]) -> None:
    shown = screen.getvalue()
    assert max(map(len, shown.splitlines())) <= WIDTH
    for one in (ID, JOB_ID):
        assert (one in shown) == (one in map(str, document.values())), shown


@pytest.mark.parametrize(("view", "kind", "document"), PAGES, ids=[view.__name__ for view, _, _ in PAGES])
def test_a_list_fits(screen: Screen, view: Callable[..., Any], kind: type[Record], document: dict[str, Any]) -> None:
    Output(screen, io.StringIO()).show(view(read_page(kind, {"items": [document] * 3}, key="items")))

    check(screen, document)


@pytest.mark.parametrize(("view", "kind", "document"), SHEETS, ids=[view.__name__ for view, _, _ in SHEETS])
def test_a_sheet_fits(screen: Screen, view: Callable[..., Any], kind: type[Record], document: dict[str, Any]) -> None:
    Output(screen, io.StringIO()).show(view(read(kind, document)))

    check(screen, document)


def test_places_fit(screen: Screen) -> None:
    place = read(Place, memories.PLACE | {"path": "/".join(["organisation/acme"] * 9)})

    Output(screen, io.StringIO()).show(belief_views.place_list([place]))

    check(screen, {})


def test_an_empty_answer_says_so(screen: Screen) -> None:
    nothing = read(Recalled, memories.RECALLED | {"hits": []})

    Output(screen, io.StringIO()).show(recall_views.recalled_sheet(nothing))

    assert "Nothing is remembered that answers this" in screen.getvalue()
