"""A library of several machines for the whole session; `make test-cluster` starts its engines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.cluster.calling import Caller
from tests.cluster.machines import ENGINES, Cluster, make_cluster
from tests.journeys.conftest import (
    add_people,
    browser_type_launch_args,
    faults,
    sign_in,
    signed_in,
)

__all__ = ["browser_type_launch_args", "faults", "sign_in", "signed_in"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cluster: needs PostgreSQL, Redis, S3 and nginx")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.cluster)


@pytest.fixture
def site(cluster: Cluster) -> Cluster:
    """The same with all machines at work, whoever died in the test before."""
    cluster.revive()
    return cluster


@pytest.fixture
def caller(site: Cluster) -> Caller:
    """A program of the marketer's."""
    token = site.command("token", "create", "marketer@example.com", "--scopes", "read,write")
    return Caller(site.url, token.strip())


@pytest.fixture
def redis(site: Cluster) -> Iterator[Redis]:
    """The library's."""
    with Redis.from_url(site.environ["QUEUE_URL"], decode_responses=True) as client:
        yield client


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """An empty library with a rep, a marketer, a manager and an admin, running."""
    if ENGINES not in os.environ:
        pytest.fail(f"{ENGINES} says where the engines are; make test-cluster starts them")
    made = make_cluster(tmp_path_factory.mktemp("cluster"))
    made.command("init", "--admin", "admin@example.com")
    add_people(made)
    made.start()
    yield made
    made.stop()
