"""Deployments that pages share where their trouble leaves nothing behind."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.objects.conftest import S3Endpoint, s3_endpoint
from tests.runbooks.cluster import RelayedCluster
from tests.runbooks.keeper import Keeper, kept
from tests.runbooks.provider import Provider
from tests.runbooks.walk import Walk
from tests.support.deployment import Deployment

__all__ = ["s3_endpoint"]

# A page has up to twenty commands, each a process of its own, on a machine that may have other things to do.
PATIENCE_SECONDS = 500

Walking = Callable[..., Walk]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and {"shared", "deployment", "cluster", "keeper", "walking"} & set(
            getattr(item, "fixturenames", ())
        ):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(PATIENCE_SECONDS))


@pytest.fixture(scope="package")
def provider() -> Iterator[Provider]:
    """The models that Contexts of the shared deployment may use."""
    with Provider() as running:
        yield running


@pytest.fixture(scope="package")
def shared(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Everything in one process; each page has Contexts of its own on it."""
    folder = tmp_path_factory.mktemp("shared")
    with Deployment(folder / "data", folder, environment=provider.settings) as running:
        yield running


@pytest.fixture(scope="package")
def cluster(s3_endpoint: S3Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayedCluster]:
    """The API on a SurrealDB server and a bucket, and nobody yet who works."""
    s3_endpoint.create_bucket("cluster")
    with RelayedCluster(tmp_path_factory.mktemp("cluster"), s3_endpoint.port, "cluster") as running:
        yield running


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """A deployment of the page's own."""
    with Deployment(tmp_path / "data", tmp_path) as running:
        yield running


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    """A deployment of the page's own that is backed up."""
    with kept(tmp_path) as found:
        yield found


@pytest.fixture
def walking(tmp_path: Path) -> Walking:
    """Begins to follow a page, with what the one who is on call has in the environment."""
    return lambda slug, **variables: Walk(slug, tmp_path, variables)
