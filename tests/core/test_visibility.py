"""Who sees what, and with which scope a record is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.errors import ForbiddenError
from server.core.scope import EMPTY, Attribute, Scope, contradicts, parse
from server.core.visibility import View, visible, writable

SCOPES = st.frozensets(st.builds(Attribute, st.sampled_from("abc"), st.sampled_from("12")), max_size=4)
ACME = parse("org/acme")
ALICE = parse("org/acme/user/alice")


@pytest.mark.parametrize(
    ("record", "strict", "merged"),
    [
        ("", True, True),
        ("org/acme/user/alice", True, True),
        ("org/acme/user/alice/app/chat", True, True),
        ("org/acme", False, True),
        ("user/alice", False, False),
        ("org/acme/user/bo", False, False),
        ("org/beta/user/alice", False, False),
    ],
)
def test_a_request_for_alice_by_a_key_of_acme(record: str, strict: bool, merged: bool) -> None:
    scope = parse(record or None)
    assert visible(ACME, [ALICE], "strict").admits(scope) is strict
    assert visible(ACME, [ALICE], "merged").admits(scope) is merged


@given(floor=SCOPES, requested=st.lists(SCOPES, max_size=3), view=st.sampled_from(["strict", "merged"]), record=SCOPES)
def test_nothing_outside_of_the_floor_is_ever_seen(
    floor: Scope, requested: list[Scope], view: View, record: Scope
) -> None:
    if any(contradicts(floor, scope) for scope in requested):
        with pytest.raises(ForbiddenError):
            visible(floor, requested, view)
        return
    if visible(floor, requested, view).admits(record):
        assert floor <= record or not record


@given(floor=SCOPES, requested=SCOPES, record=SCOPES)
def test_merged_sees_at_least_what_strict_sees(floor: Scope, requested: Scope, record: Scope) -> None:
    if not contradicts(floor, requested) and visible(floor, [requested]).admits(record):
        assert visible(floor, [requested], "merged").admits(record)


def test_several_scopes_are_an_or() -> None:
    both = visible(EMPTY, [ACME, parse("org/beta")])
    assert both.admits(ACME)
    assert both.admits(parse("org/beta"))
    assert not both.admits(parse("org/gamma"))


@given(floor=SCOPES, requested=st.lists(SCOPES, max_size=3), general=st.booleans())
def test_whatever_is_written_contains_the_floor(floor: Scope, requested: list[Scope], general: bool) -> None:
    try:
        scope = writable(floor, requested, may_write_general=general)
    except ForbiddenError:
        return
    assert floor <= scope
    assert scope or general


def test_what_is_written_where() -> None:
    assert writable(ACME, [], may_write_general=False) == ACME
    assert writable(ACME, [ALICE], may_write_general=False) == ALICE
    assert writable(EMPTY, [], may_write_general=True) == EMPTY
    for floor, requested in ((ACME, [EMPTY]), (ACME, [parse("user/alice")]), (ACME, [parse("org/beta")]), (EMPTY, [])):
        with pytest.raises(ForbiddenError):
            writable(floor, requested, may_write_general=False)
    bo = parse("org/acme/user/bo")
    assert writable(ACME, [ALICE, bo], may_write_general=False) == ALICE | bo
    with pytest.raises(ForbiddenError):
        writable(ACME, [ALICE, parse("user/bo")], may_write_general=False)
