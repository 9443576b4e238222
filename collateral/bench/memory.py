"""What web and worker take while nobody does anything: the proportional set size of all processes.

PSS counts a page that several processes share once, in parts: the sum is what the machine would
have back if all of them ended. Idle is looked at every second. The worker comes once a minute for
what is due, and goes: a watch of a whole minute has it in some looks. The floor is the same web
server with the barest application, and a bare Python in the worker's place.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
from flask_migrate import stamp

from collateral.bench import ingest
from collateral.bench.homes import Measured, somebody
from collateral.bench.library import Writer
from collateral.bench.serving import answering, cookie_of, timed_get
from collateral.config import ROOT
from collateral.preloaded import NAME, WEB, WORKER

_APPLICATION = "def app(environ, start): start('204 No Content', []); return []"


def measure(made: Measured, after: int, settle: int, watched: int) -> dict[str, Any]:
    """Megabytes of each process and of all, just started, and after so many pages and `settle`
    seconds, in the mean of `watched` seconds.

    Nothing is read here and no job is sent; where either was, the fork server of readers ends
    itself after 90 seconds, the worker after 60.
    """
    stamp()  # the tables were made from the models: `run` has nothing to bring up to date
    ingest.known_prints()  # nor has the worker anything to compare
    cookie = cookie_of(made.app, somebody())
    words = Writer(made.told["seed"])
    with _running(made) as (top, connection):
        time.sleep(min(settle, 3))
        started = _by_process(top)
        for number in range(after):
            timed_get(connection, "/" if number % 3 else f"/library?q={words.draw(1)[0]}", cookie)
        connection.close()
        time.sleep(settle)
        looks = _looks(top, watched)
    sums = [sum(look.values()) for look in looks]
    idle: dict[str, float] = defaultdict(float)
    for look in looks:
        for name, size in look.items():
            idle[name] += size / len(looks)
    return {
        "bare_mb": round(_bare(), 1),
        "started_mb": round(sum(started.values()), 1),
        "idle_mb": round(statistics.fmean(sums), 1),
        "idle_median_mb": round(statistics.median(sums), 1),
        "idle_most_mb": round(max(sums), 1),
        "pages_before": after,
        "idle": {name: round(size, 1) for name, size in sorted(idle.items())},
        "worker_there": round(sum(WORKER in look for look in looks) / len(looks), 2),
    }


@contextmanager
def _running(made: Measured) -> Iterator[tuple[psutil.Process, HTTPConnection]]:
    """`collateral run`, until the end of the block."""
    command = [sys.executable, "-m", "collateral", "run", "--port", str(made.port)]
    process = subprocess.Popen(command, env={**os.environ, **made.environ}, cwd=ROOT)
    connection = HTTPConnection("127.0.0.1", made.port, timeout=60)
    try:
        answering(connection, process)
        yield psutil.Process(process.pid), connection
    finally:
        connection.close()
        process.terminate()
        process.wait(60)


def _looks(top: psutil.Process, watched: int) -> list[dict[str, float]]:
    """One look a second, for so many seconds."""
    found, began = [], time.monotonic()
    for number in range(watched):
        found.append(_by_process(top))
        time.sleep(max(0.0, began + number + 1 - time.monotonic()))
    return found


def _by_process(top: psutil.Process) -> dict[str, float]:
    """Megabytes by what a process is; several of one kind are added up."""
    found: dict[str, float] = {}
    for process in (top, *top.children(recursive=True)):
        try:
            name, size = _name(process), process.memory_full_info().pss / 1e6
        except psutil.NoSuchProcess:
            continue  # it went between two of our steps
        found[name] = found.get(name, 0.0) + size
    return found


def _name(process: psutil.Process) -> str:
    name = process.name()
    if name not in (NAME, WEB, WORKER):
        return "readers"
    parent = process.parent()
    return f"{name}, parent" if name == WEB and parent and parent.name() == NAME else name


def _bare() -> float:
    """The sum for gunicorn with an application that says nothing, and a Python that sleeps."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "nothing.py").write_text(_APPLICATION)
        web = [sys.executable, "-m", "gunicorn", "--threads", "8", "--bind", "127.0.0.1:0",
               "--chdir", folder, "--log-level", "error", "nothing:app"]  # fmt: skip
        worker = [sys.executable, "-c", "import time; time.sleep(600)"]
        processes = [subprocess.Popen(command, cwd=folder) for command in (web, worker)]
        try:
            time.sleep(2)
            tops = [psutil.Process(process.pid) for process in processes]
            every = [one for top in tops for one in (top, *top.children(recursive=True))]
            return float(sum(one.memory_full_info().pss for one in every)) / 1e6
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)
