"""What was acknowledged is kept, whenever the processes are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import NullPool, create_engine, text

from collateral.config import ROOT, Settings
from tests.journeys.conftest import Site, make_site
from tests.journeys.material import make_deck, make_image, make_pdf


@pytest.fixture
def own_site(tmp_path: Path) -> object:
    """A library of this test's own, since it is going to be killed."""
    site = make_site(tmp_path / "home")
    site.command("init", "--admin", "admin@example.com")
    yield site
    site.stop()


def kill_everything(site: Site) -> None:
    """kill -9 to the supervisor, the web, the worker and all that they started."""
    for process in site.processes:
        family = psutil.Process(process.pid)
        for one in [*family.children(recursive=True), family]:
            os.kill(one.pid, signal.SIGKILL)
        process.wait()
    site.processes.clear()


def ends(site: Site) -> dict[str, int]:
    return dict(rows(site, "select state, count(*) from asset_version group by 1"))


def behind(site: Site) -> int:
    return int(rows(site, "select count(*) from asset where indexed_revision < revision")[0][0])


def rows(site: Site, query: str) -> list[Any]:
    """What the library's database answers."""
    address = Settings.from_environ(site.environ).database_url
    engine = create_engine(address, poolclass=NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_a_kill_in_the_middle_of_an_ingest_loses_nothing_acknowledged(
    own_site: Site, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for n in range(8):
        make_deck(folder / f"deck {n}.pptx", f"Deck number {n}", slides=6)
        make_pdf(folder / f"report {n}.pdf", f"Report number {n}")
        make_image(folder / f"hall {n}.png", 20 * n)
    own_site.start()
    taking = subprocess.Popen(
        [sys.executable, "-m", "collateral", "ingest", str(folder)],
        env=own_site.environ,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while ends(own_site).get("ready", 0) < 4:
        assert taking.poll() is None, "the ingest ended before anything could be killed"
        time.sleep(0.05)
    kill_everything(own_site)
    taking.kill()
    taking.wait()
    acknowledged = sum(ends(own_site).values())
    assert acknowledged >= 4

    own_site.start()
    deadline = time.monotonic() + 180
    while set(ends(own_site)) - {"ready", "failed"}:
        assert time.monotonic() < deadline, f"left: {ends(own_site)}"
        time.sleep(0.2)
    assert sum(ends(own_site).values()) == acknowledged
    assert ends(own_site) == {"ready": acknowledged}
    while behind(own_site):
        assert time.monotonic() < deadline, "the index does not catch up"
        time.sleep(0.2)
    own_site.command("check")
