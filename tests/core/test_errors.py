"""The error tree as seen over HTTP."""

from collections.abc import Iterator

from server.core import errors
from server.core.errors import QueryError, SpectronError
from server.http.problems import STATUS


def classes(root: type[SpectronError] = SpectronError) -> Iterator[type[SpectronError]]:
    yield root
    for below in root.__subclasses__():
        yield from classes(below)


def test_every_error_has_a_status() -> None:
    for kind in classes():
        assert kind.slug in STATUS, kind
        assert kind.title


def test_every_part_raises_errors_of_the_one_module() -> None:
    assert {kind.__module__ for kind in classes() if kind.__module__.startswith("server.")} == {errors.__name__}


def test_what_only_a_programmer_can_put_right_is_an_internal_error() -> None:
    assert QueryError.slug == "internal-error"
