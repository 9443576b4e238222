"""The processes of one installation, forked from one that has loaded the application.

    python -m collateral.preloaded '{"host": "127.0.0.1", "port": 8000, "web": 1, "threads": 8,
                                     "workers": 2}'

`collateral run` becomes this program when all else is done: what it took to bring the tables up to
date is gone with it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from collateral import more_web
from collateral.config import ROOT
from collateral.supervising import Kept, be_called, keep

NAME, WEB, WORKER = "collateral", "collateral-web", "collateral-work"
"""How processes are called in lists."""
USED = ("gunicorn.workers.gthread", "multiprocessing.popen_fork")
USED_EMBEDDED = ("collateral.search.engines.whoosh",)
"""What web or worker would load by themselves a moment later."""


def command(host: str, port: int, *, web: int, threads: int, workers: int) -> list[str]:
    """What starts them. `web` processes with so many threads each, 0: as many as are wanted, up to
    one for each processor; the worker does so many jobs at once, and where that is 0 there is
    none."""
    asked = {"host": host, "port": port, "web": web, "threads": threads, "workers": workers}
    return [sys.executable, "-m", "collateral.preloaded", json.dumps(asked)]


def become(asked: list[str]) -> None:
    """Replace this program by such a command; does not return."""
    os.execve(asked[0], asked, _environ())  # noqa: S606


MALLOC = {
    # Each thread would get a heap of its own, which keeps what was once needed at one time.
    "MALLOC_ARENA_MAX": "2",
    # These stand here as the C library begins with them. Unset it raises both with each large piece
    # that is freed, and then keeps in its heaps what large pieces leave between small ones.
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}


def _environ() -> dict[str, str]:
    return {**MALLOC, **os.environ}


def run_beside(asked: list[str]) -> int:
    """Such a command beside what this process does, until told to stop; its exit status."""
    # Ctrl-C is for this process, which passes it on.
    process = subprocess.Popen(asked, env=_environ(), start_new_session=True)

    def stop(_number: int, _frame: FrameType | None) -> None:
        process.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return process.wait()


def main(host: str, port: int, web: int, threads: int, workers: int) -> int:
    """Load what they have in common, and keep them until told to stop. Blocks."""
    from collateral.logs import configure

    be_called(NAME)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    app = import_module("wsgi").app
    settings = app.extensions["settings"]
    configure(settings.log_level)
    for name in (*USED, *(USED_EMBEDDED if settings.search_url.startswith("whoosh:") else ())):
        import_module(name)
    app.url_map.update()
    with ExitStack() as held:
        kept = [_web(host, port, web, threads)]
        if workers:
            kept.append(_worker(app, workers, held))
        _let_go(app)
        gc.collect()
        gc.freeze()
        return keep(kept)


def _let_go(app: Any) -> None:
    """Connections must not be forked."""
    from collateral.db import db
    from collateral.queue import queue

    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
        if not queue().shared:
            queue().huey.storage.close()


def _web(host: str, port: int, web: int, threads: int) -> Kept:
    """Gunicorn with so many processes. It reads its settings here: doing so takes six megabytes."""
    from gunicorn.app.wsgiapp import WSGIApplication

    if not web:
        os.environ[more_web.MOST] = str(len(os.sched_getaffinity(0)))
    settings = {
        "bind": f"{host}:{port}",
        "workers": web or 1,
        "threads": threads,
        "worker-class": "gthread",
        "timeout": 120,
        "graceful-timeout": 20,
        "keep-alive": 30,
        "config": "python:collateral.serve_hooks",
    }
    # Its own process starts others by these words, too.
    sys.argv = ["gunicorn", *(f"--{name}={value}" for name, value in settings.items()), "wsgi:app"]
    server = WSGIApplication()
    return Kept(WEB, lambda _rested: server.run())


def _worker(app: Any, workers: int, held: ExitStack) -> Kept:
    """The worker: of an embedded queue it rests while there is nothing to do."""
    from collateral import working
    from collateral.queue import queue
    from collateral.resting import Alarm

    def work(_rested: bool) -> None:
        with app.app_context():
            working.work(queue(), workers)

    def work_while_there_is_any(rested: bool) -> None:
        with app.app_context():
            working.work_while_there_is_any(queue(), workers, rested=rested)

    with app.app_context():
        alone = not queue().shared and held.enter_context(working.the_only_worker(queue()))
        if not alone:
            return Kept(WORKER, work)
        file = Path(queue().url.removeprefix("sqlite:"))
        return Kept(WORKER, work_while_there_is_any, Alarm(file))


if __name__ == "__main__":
    sys.exit(main(**json.loads(sys.argv[1])))
