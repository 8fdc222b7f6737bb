import httpx
import pytest

from spectron import errors
from spectron.problems import BY_SLUG, refusal, unreachable
from tests.spectron.exchange import problem

REQUEST = httpx.Request("GET", "http://server.test/api/v1/contexts/acme")


def refused(response: httpx.Response) -> errors.APIError:
    response.request = REQUEST
    return refusal(response)


@pytest.mark.parametrize(("slug", "kind"), BY_SLUG.items())
def test_each_slug_has_its_class(slug: str, kind: type[errors.APIError]) -> None:
    error = refused(problem(400, slug))

    assert type(error) is kind
    assert error.slug == slug


def test_an_error_carries_the_whole_problem() -> None:
    error = refused(problem(429, "rate-limited", "60 requests a minute are allowed.", retry_after="1.5"))

    assert (error.status, error.title, error.instance) == (429, "Rate limited", "/api/v1/contexts")
    assert (error.detail, error.request_id, error.retry_after) == ("60 requests a minute are allowed.", "req1", 1.5)
    assert error.problem["type"].endswith("/rate-limited")
    assert str(error) == "Rate limited: 60 requests a minute are allowed. (request req1)"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.UnauthorizedError),
        (404, errors.NotFoundError),
        (503, errors.UnavailableError),
        (500, errors.ServerError),
        (502, errors.ServerError),
        (418, errors.APIError),
        (302, errors.APIError),
    ],
)
def test_what_is_no_problem_document_is_told_by_its_status(status: int, kind: type[errors.APIError]) -> None:
    error = refused(httpx.Response(status, text="<h1>Gateway</h1>\n<p>proxy</p>"))

    assert type(error) is kind
    assert error.detail == (
        "GET http://server.test/api/v1/contexts/acme said '<h1>Gateway</h1> <p>proxy</p>'; "
        "is this the address of a Spectron server?"
    )


def test_a_long_page_is_cut_and_an_empty_one_is_said_to_be() -> None:
    assert len(refused(httpx.Response(500, text="x" * 100_000)).detail) < 400
    assert "said nothing more" in refused(httpx.Response(500)).detail


@pytest.mark.parametrize("header", ["soon", "-1", "nan", "inf", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_wait_that_is_no_number_of_seconds_is_ignored(header: str) -> None:
    assert refused(problem(503, "unavailable", retry_after=header)).retry_after is None


@pytest.mark.parametrize("document", ["[]", '"text"', "null", "{broken"])
def test_json_that_is_no_object_does_no_harm(document: str) -> None:
    assert refused(httpx.Response(404, content=document)).status == 404


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (httpx.ConnectError("Connection refused"), "Cannot connect to .*: Connection refused. Start the server there"),
        (httpx.ConnectTimeout(""), "Cannot connect to .*: the connection timed out. Start the server"),
        (httpx.ReadTimeout(""), "No answer from .* in time. .*log"),
        (httpx.ReadError(""), "broke off: ReadError. .*log"),
    ],
)
def test_no_answer_says_why_and_what_to_do(cause: httpx.TransportError, words: str) -> None:
    error = unreachable(REQUEST, cause)

    with pytest.raises(errors.TransportError, match=words):
        raise error
    assert error.url == "http://server.test/api/v1/contexts/acme"
