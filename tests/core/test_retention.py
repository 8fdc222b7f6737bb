from datetime import timedelta
from typing import Any

import pytest

from server.core.errors import SpectronError, UnprocessableError, ValidationError
from server.core.retention import Policy, duration, duration_text, policies, sourced, ttl, ttl_text
from server.core.scope import parse

ACME = {"scope": {"org": "acme"}, "memory_category": "context", "ttl": "7d"}


@pytest.mark.parametrize(
    ("text", "days"),
    [("1d", 1), ("7d", 7), ("2w", 14), ("1y", 365), ("100y", 36_500), ("0007d", 7), ("indefinite", None)],
)
def test_a_ttl_is_days_weeks_or_years(text: str, days: int | None) -> None:
    assert ttl(text) == (None if days is None else timedelta(days=days))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0d", "below the minimum of 1d"),
        ("0w", "below the minimum of 1d"),
        ("101y", "over 100y"),
        ("99999999999d", "over 100y"),
        ("12h", "'h' is not a unit"),
        ("1month", "'month' is not a unit"),
        ("7", "'' is not a unit"),
        ("7 days", "'days' is not a unit"),
        ("7D", "'D' is not a unit"),
        ("1.5d", "'1.5' is not a whole number"),
        ("-1d", "'-1' is not a whole number"),
        ("d", "'' is not a whole number"),
        ("\u0663d", "is not a unit"),
        ("", "is not a unit"),
    ],
)
def test_any_other_ttl_breaks_a_rule(text: str, reason: str) -> None:
    with pytest.raises(UnprocessableError, match=f"retention\\[3\\].ttl.*{reason}"):
        ttl(text, "retention[3].ttl")


@pytest.mark.parametrize("value", [7, None, ["7d"], True])
def test_a_ttl_is_a_text(value: object) -> None:
    with pytest.raises(ValidationError, match="not a text"):
        ttl(value)


@pytest.mark.parametrize(
    ("length", "text"), [("14d", "14d"), ("2w", "14d"), ("365d", "1y"), ("400d", "400d"), ("indefinite", "indefinite")]
)
def test_a_ttl_is_written_in_years_or_days(length: str, text: str) -> None:
    assert ttl_text(ttl(length)) == text
    assert ttl(text) == ttl(length)


@pytest.mark.parametrize(("text", "seconds"), [("0d", 0), ("90s", 90), ("5m", 300), ("1h", 3600), ("2w", 1_209_600)])
def test_a_duration_has_smaller_units_too(text: str, seconds: int) -> None:
    assert duration(text, "sweep_interval") == timedelta(seconds=seconds)
    assert duration(duration_text(duration(text, "a")), "b") == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "1", "h", "1 h", "1.5h", "-1h", 60, None, "200y"])
def test_a_duration_that_is_none_is_named(value: object) -> None:
    with pytest.raises(UnprocessableError, match="sweep_interval is"):
        duration(value, "sweep_interval")


def test_a_duration_may_have_a_least_value() -> None:
    with pytest.raises(UnprocessableError, match="from 1m to 100y"):
        duration("59s", "sweep_interval", least=timedelta(minutes=1))


def test_policies_are_read_in_any_notation_of_a_scope() -> None:
    listed = [ACME, ACME | {"scope": "org/beta"}, {"scope": [], "memoryCategory": "unknowns", "ttl": "indefinite"}]
    assert policies(listed, source="server") == (
        Policy(parse({"org": "acme"}), "context", timedelta(days=7), "server"),
        Policy(parse({"org": "beta"}), "context", timedelta(days=7), "server"),
        Policy(frozenset(), "unknowns", None, "server"),
    )


def test_a_kept_policy_remembers_where_it_came_from() -> None:
    kept = sourced(policies([ACME]), "api")
    assert kept == [ACME | {"source": "api"}]
    assert [policy.source for policy in policies([*kept, ACME | {"scope": {}}])] == ["api", "context"]


@pytest.mark.parametrize(
    ("entry", "kind", "reason"),
    [
        ("org/acme", ValidationError, r"retention\[1\] must be an object"),
        ({"scope": {}, "ttl": "1d"}, ValidationError, r"retention\[1\].memory_category is missing"),
        (ACME | {"ttl": None}, ValidationError, r"retention\[1\].ttl"),
        (ACME | {"ttl": "5h"}, UnprocessableError, r"retention\[1\].ttl"),
        (
            ACME | {"memory_category": "contxt"},
            ValidationError,
            r"retention\[1\].memory_category.*did you mean 'context'",
        ),
        (ACME | {"memory_category": 5}, ValidationError, r"retention\[1\].memory_category"),
        (ACME | {"tll": "5d"}, ValidationError, r"retention\[1\].tll is not a known field; did you mean 'ttl'"),
        (ACME | {"scope": "acme"}, ValidationError, r"retention\[1\].scope"),
        (ACME | {"scope": {"org": 5}}, ValidationError, r"retention\[1\].scope"),
        (ACME | {"scope": ["org=a", "org=b"]}, UnprocessableError, r"retention\[1\].scope is contradictory"),
        (ACME | {"source": "moon"}, ValidationError, r"retention\[1\].source"),
        (ACME | {"ttl": "9d"}, UnprocessableError, r"retention\[1\] is a duplicate of retention\[0\]"),
        (ACME | {"scope": "org/acme"}, UnprocessableError, r"retention\[1\] is a duplicate of retention\[0\]"),
    ],
)
def test_what_is_wrong_is_named_by_its_entry(entry: Any, kind: type[SpectronError], reason: str) -> None:
    with pytest.raises(kind, match=reason):
        policies([ACME, entry])


@pytest.mark.parametrize("document", [{"scope": {}}, "7d", None, 3])
def test_policies_are_a_list(document: object) -> None:
    with pytest.raises(ValidationError, match="must be a list"):
        policies(document)


def test_there_are_not_too_many() -> None:
    listed = [ACME | {"scope": {"user": f"u{number}"}} for number in range(101)]
    assert len(policies(listed[:100])) == 100
    with pytest.raises(UnprocessableError, match="at most 100"):
        policies(listed)
