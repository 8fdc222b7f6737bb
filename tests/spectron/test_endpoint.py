from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectron import endpoint
from spectron.errors import ArgumentError


@pytest.mark.parametrize("url", ["localhost:9090", "ftp://host", "http://", "", "http://server:port", "nonsense"])
def test_what_is_not_the_url_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(ArgumentError, match="Give one like http://127"):
        endpoint.base_url(url)


def test_a_url_with_a_password_is_refused_without_repeating_it() -> None:
    with pytest.raises(ArgumentError) as caught:
        endpoint.base_url("https://me:hunter2@server.test")

    assert "hunter2" not in str(caught.value)
    assert "server.test" in str(caught.value)


@pytest.mark.parametrize("key", ["with space", "line\nend", "schlüssel", "tab\there"])
def test_a_key_that_can_be_none_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(ArgumentError, match="Copy it again") as caught:
        endpoint.headers(key)

    assert key not in str(caught.value)


def test_a_key_is_freed_of_the_line_end_it_was_copied_with() -> None:
    assert endpoint.headers(" mgmt-a-b\n")["authorization"] == "Bearer mgmt-a-b"


@pytest.mark.parametrize("segment", ["", ".", ".."])
def test_ids_that_would_change_the_path_are_refused(segment: str) -> None:
    with pytest.raises(ArgumentError, match="is not an id"):
        endpoint.path("contexts", segment)


@given(st.text(min_size=1).filter(lambda text: text not in {".", ".."}))
def test_any_other_id_arrives_as_it_was(segment: str) -> None:
    url = httpx.URL("http://server.test").copy_with(raw_path=endpoint.path("contexts", segment, "keys").encode())

    assert url.path == f"/api/v1/contexts/{segment}/keys"
    assert url.raw_path.count(b"/") == 5


def test_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(ArgumentError, match="can't be written as UTF-8"):
        endpoint.path("contexts", "\udce9")
    with pytest.raises(ArgumentError, match="can't be written as UTF-8"):
        endpoint.query({"kind": "\udce9"})


def test_parameters_not_given_are_not_sent() -> None:
    moment = datetime(2027, 1, 1, tzinfo=UTC)

    sent = endpoint.query({"limit": 5, "cursor": None, "dry_run": True, "hard": False, "since": moment, "kind": "key"})

    assert sent == {
        "limit": "5",
        "dry_run": "true",
        "hard": "false",
        "since": "2027-01-01T00:00:00+00:00",
        "kind": "key",
    }


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ArgumentError, match="no time zone"):
        endpoint.timestamp(datetime(2027, 1, 1))  # noqa: DTZ001 - that it has none is the point
