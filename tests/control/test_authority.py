"""What a key may do, and that acting for another never adds to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.control.authority import RANK, Authority
from server.core.errors import ForbiddenError, UnauthorizedError
from server.core.scope import EMPTY, Attribute, parse
from tests.support.clock import START

SCOPES = st.frozensets(st.builds(Attribute, st.sampled_from("abc"), st.sampled_from("12")), max_size=3)
CONTEXT_KEYS = st.builds(
    Authority, st.just("k"), st.sampled_from(["agent", "supervisor"]), st.sampled_from(["a", "b"]), SCOPES
)
MANAGEMENT = Authority("m", "management", None, EMPTY)
KEYS = CONTEXT_KEYS | st.just(MANAGEMENT)


@given(one=KEYS, other=KEYS)
def test_delegation_is_the_intersection(one: Authority, other: Authority) -> None:
    if one.context_id and other.context_id and one.context_id != other.context_id:
        with pytest.raises(ForbiddenError):
            one.delegated(other)
        return
    both = one.delegated(other)
    for each in (one, other):
        assert RANK[both.principal] <= RANK[each.principal]
        assert both.floor >= each.floor
        assert each.context_id in (None, both.context_id)
    assert (both.key_id, both.on_behalf_of) == (one.key_id, other.key_id)


@given(minter=KEYS, principal=st.sampled_from(["agent", "supervisor", "management"]), floor=SCOPES)
def test_nobody_mints_more_than_he_is(minter: Authority, principal: str, floor: frozenset[Attribute]) -> None:
    try:
        minter.may_mint(principal, floor)  # type: ignore[arg-type]  # hypothesis knows texts, not literals
    except ForbiddenError:
        return
    assert minter.principal != "agent"
    assert RANK[principal] <= RANK[minter.principal]  # type: ignore[index]  # hypothesis knows texts, not literals
    assert floor >= minter.floor


def test_a_context_key_stays_in_its_context() -> None:
    key = Authority("k", "supervisor", "acme", parse("org/acme"))
    key.require_context("acme")
    MANAGEMENT.require_context("anything")
    MANAGEMENT.require_management()
    with pytest.raises(ForbiddenError):
        key.require_context("other")
    with pytest.raises(ForbiddenError):
        key.require_management()


def test_a_key_older_than_its_context_is_none() -> None:
    key = Authority("k", "agent", "acme", EMPTY, minted_at=START)
    key.require_minted_since(START)
    MANAGEMENT.require_minted_since(START)
    with pytest.raises(UnauthorizedError):
        key.require_minted_since(START.replace(microsecond=1))
