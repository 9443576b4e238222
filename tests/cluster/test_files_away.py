"""The store of files may go for a while: what was received is read when it is back."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.calling import Caller, Unanswered
from tests.cluster.machines import Cluster, Machine, make_small
from tests.journeys.material import make_pdf
from tests.storage.seaweed import free_ports, make_bucket, s3_server

LONGEST = 180
"""Seconds: what has waited for a minute is found by the sweep that comes each minute."""


@pytest.fixture
def ports() -> dict[str, int]:
    return free_ports()


@pytest.fixture
def small(tmp_path: Path, ports: dict[str, int]) -> Iterator[Cluster]:
    """A library that will have its files at these ports."""
    files = f"s3://library?endpoint=http://127.0.0.1:{ports['s3']}"
    cluster = make_small(tmp_path / "home", STORAGE_URL=files)
    yield cluster
    cluster.stop()


def test_a_file_whose_store_dies_before_it_is_read_is_read_when_it_is_back(
    small: Cluster, ports: dict[str, int], tmp_path: Path
) -> None:
    token = small.command("token", "create", "admin@example.com", "--scopes", "read,write")
    caller = Caller(small.url, token.strip())
    (folder := tmp_path / "s3").mkdir()
    [worker] = small.workers
    with s3_server(folder, ports) as address:
        make_bucket(address, "library")
        small.start()
        first = caller.upload(make_pdf(tmp_path / "first.pdf", "First"))
        caller.until_ready(first["id"], within=LONGEST)
        tell(worker, signal.SIGSTOP)
        second = caller.upload(make_pdf(tmp_path / "second.pdf", "Second"))
    tell(worker, signal.SIGCONT)
    end = time.monotonic() + LONGEST
    while "reading_interrupted" not in worker.log.read_text("utf-8"):
        assert time.monotonic() < end, "nothing tried to read it"
        time.sleep(0.2)
    assert {asset["id"] for asset in caller.get("/assets?q=First&status=draft")["items"]}
    assert caller.again == []
    with pytest.raises(Unanswered, match=r"503 .*does not answer; try again"):
        caller.upload(make_pdf(tmp_path / "third.pdf", "Third"))
    with s3_server(folder, ports):
        caller.until_ready(first["id"], second["id"], within=LONGEST)
        small.command("check")


def tell(machine: Machine, what: signal.Signals) -> None:
    for one in machine.family():
        one.send_signal(what)
