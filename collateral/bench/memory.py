"""What web and worker take while nobody does anything: the proportional set size of all processes.

PSS counts a page that several processes share once, in parts: the sum is what the machine would
have back if all of them ended. The floor is the same web server with the barest application,
and a bare Python in the worker's place.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
from flask_migrate import stamp

from collateral.bench.homes import Measured, somebody
from collateral.bench.library import Writer
from collateral.bench.serving import answering, cookie_of, timed_get
from collateral.config import ROOT

SETTLE = 100.0
"""Seconds without work: the fork server of readers ends itself after 90."""
_APPLICATION = "def app(environ, start): start('204 No Content', []); return []"


def measure(made: Measured, after: int, settle: float = SETTLE) -> dict[str, Any]:
    """Megabytes of each process and of all, just started and after so many pages and a rest."""
    stamp()  # the tables were made from the models: `run` has nothing to bring up to date
    cookie = cookie_of(made.app, somebody())
    words = Writer(made.told["seed"])
    with _running(made) as (top, connection):
        time.sleep(min(settle, 5.0))
        started = _by_process(top)
        for number in range(after):
            timed_get(connection, "/" if number % 3 else f"/library?q={words.draw(1)[0]}", cookie)
        connection.close()
        time.sleep(settle)
        idle = _by_process(top)
    return {
        "bare_mb": round(_bare(), 1),
        "started_mb": round(sum(started.values()), 1),
        "idle_mb": round(sum(idle.values()), 1),
        "pages_before": after,
        "idle": {name: round(size, 1) for name, size in idle.items()},
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


def _by_process(top: psutil.Process) -> dict[str, float]:
    """Megabytes by what a process is; several of one kind are added up."""
    found: dict[str, float] = {}
    for process in (top, *top.children(recursive=True)):
        name = _name(process, top)
        found[name] = found.get(name, 0.0) + process.memory_full_info().pss / 1e6
    return found


def _name(process: psutil.Process, top: psutil.Process) -> str:
    if process == top:
        return "supervisor"
    words = process.cmdline()
    if "gunicorn" in words:
        return "web, parent" if process.parent() == top else "web"
    return "worker" if "worker" in words else "readers"


def _bare() -> float:
    """The sum for gunicorn with an application that says nothing, and a Python that sleeps."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "nothing.py").write_text(_APPLICATION)
        web = [sys.executable, "-m", "gunicorn", "--threads", "8", "--bind", "127.0.0.1:0",
               "--chdir", folder, "--log-level", "error", "nothing:app"]  # fmt: skip
        worker = [sys.executable, "-c", "import time; time.sleep(600)"]
        processes = [subprocess.Popen(command, cwd=folder) for command in (web, worker)]
        try:
            time.sleep(5)
            tops = [psutil.Process(process.pid) for process in processes]
            every = [one for top in tops for one in (top, *top.children(recursive=True))]
            return float(sum(one.memory_full_info().pss for one in every)) / 1e6
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)
