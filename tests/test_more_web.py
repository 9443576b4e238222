"""A further web process comes while one is not enough, and goes when it is."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from collateral.bench.serving import free_port
from collateral.config import ROOT
from collateral.more_web import BUSY, IDLE, MOST, QUIET, Watch

APPLICATION = """
def app(environ, start):
    sum(n * n for n in range(200_000))
    start("200 OK", [])
    return [b"done"]
"""
SETTINGS = """
from collateral import more_web
from collateral.serve_hooks import nworkers_changed, post_request, pre_request

more_web.BUSY, more_web.QUIET = 0.1, 2.0

def post_worker_init(worker):
    more_web.start()
"""


def rush(watch: Watch) -> None:
    watch.began()
    watch.began()
    watch.ended()
    watch.ended()


def test_one_more_is_wanted_by_a_busy_process_that_has_several_waiting() -> None:
    watch = Watch()
    rush(watch)
    assert watch.look(BUSY, 1) == 1
    assert watch.look(1.0, 1) == 0, "one after the other: another process would not help"
    rush(watch)
    assert watch.look(BUSY - 0.1, 1) == 0


def test_what_is_still_underway_counts_for_the_next_look() -> None:
    watch = Watch()
    watch.began()
    watch.began()
    assert [watch.look(1.0, 1), watch.look(1.0, 1)] == [1, 1]


def test_one_less_is_wanted_after_a_quiet_minute() -> None:
    watch = Watch()
    assert watch.look(0.0, QUIET - 1) == 0
    assert watch.look(IDLE, 1) == 0, "work begins the minute anew"
    assert [watch.look(0.0, QUIET / 2) for _ in range(3)] == [0, -1, 0]


def test_connections_are_let_go_as_many_as_are_too_many() -> None:
    watch = Watch(let_go=2)
    assert [watch.began() for _ in range(3)] == [True, True, False]


@pytest.fixture
def gunicorn(tmp_path: Path) -> Iterator[tuple[psutil.Process, int]]:
    (tmp_path / "busy.py").write_text(APPLICATION)
    (tmp_path / "settings.py").write_text(SETTINGS)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "8",
               "--chdir", str(tmp_path), "--config", str(tmp_path / "settings.py"),
               "--log-level", "error", "busy:app"]  # fmt: skip
    process = subprocess.Popen(
        command, env={**os.environ, MOST: "2", "PYTHONPATH": str(ROOT)}, cwd=tmp_path
    )
    yield psutil.Process(process.pid), port
    process.terminate()
    process.wait(30)


def becomes(condition: Callable[[], bool]) -> bool:
    """Whether it comes to be within a minute."""
    for _ in range(600):
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_a_second_process_stays_while_there_is_a_rush(
    gunicorn: tuple[psutil.Process, int],
) -> None:
    server, port = gunicorn
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.request("GET", "/")
                connection.getresponse().read()
            except OSError:
                time.sleep(0.1)  # it starts
            finally:
                connection.close()

    readers = [threading.Thread(target=ask) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        assert becomes(lambda: len(server.children()) == 2)
    finally:
        over.set()
        for reader in readers:
            reader.join()
    assert becomes(lambda: len(server.children()) == 1)
