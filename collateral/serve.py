"""`collateral run` and `collateral worker`: the processes of one installation."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType
from typing import Any, cast

import click
from flask import current_app
from flask.cli import with_appcontext

from collateral.config import ROOT

SUPERVISED = "COLLATERAL_SUPERVISED"


def migrate_database() -> None:
    """Bring the tables to the newest revision; of several that start at once, one does it."""
    from flask_migrate import upgrade

    upgrade()  # migrations/env.py makes the others wait


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the tables to the newest revision, while others work with them."""
    migrate_database()
    click.echo("The tables are at the newest revision.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--web", default=1, show_default=True, help="Web processes.")
@click.option("--threads", default=8, show_default=True, help="Threads in each web process.")
@click.option(
    "--workers",
    default=2,
    show_default=True,
    type=click.IntRange(min=0),
    help="Jobs at once in the worker; 0: no worker here, others share the queue.",
)
@with_appcontext
def run(host: str, port: int, web: int, threads: int, workers: int) -> None:
    """Web and worker together, or the web alone, until interrupted."""
    from collateral.accounts import setup_token

    migrate_database()
    setup_token.announce(cast(Any, current_app)._get_current_object())
    sys.exit(supervise(host, port, web, threads, workers))


@click.command()
@click.option("--workers", default=2, show_default=True, help="Jobs at once.")
@with_appcontext
def worker(workers: int) -> None:
    """Work through the queue until interrupted."""
    from collateral.queue import queue

    if SUPERVISED in os.environ:
        stop_with_parent()
    queue().consume(workers)


def supervise(host: str, port: int, web: int, threads: int, workers: int) -> int:
    """Start both, start again what dies, stop both on SIGTERM or SIGINT. Blocks.

    Without jobs at once there is no worker.
    """
    commands = {
        "web": [
            sys.executable,
            "-m",
            "gunicorn",
            "wsgi:app",
            "--chdir",
            str(ROOT),
            "--bind",
            f"{host}:{port}",
            "--workers",
            str(web),
            "--threads",
            str(threads),
            "--worker-class",
            "gthread",
            "--timeout",
            "120",
            "--graceful-timeout",
            "20",
            "--keep-alive",
            "30",
            "--preload",
            "--config",
            "python:collateral.serve_hooks",
        ],
        "worker": [sys.executable, "-m", "collateral", "worker", "--workers", str(workers)],
    }
    if not workers:
        del commands["worker"]
    running = {name: _start(command) for name, command in commands.items()}
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping:
        time.sleep(0.3)
        for name, process in running.items():
            if process.poll() is not None and not stopping:
                current_app.logger.error(
                    "process_ended", extra={"which": name, "code": process.returncode}
                )
                time.sleep(0.5)
                running[name] = _start(commands[name])
    for process in running.values():
        process.terminate()
    for process in running.values():
        try:
            process.wait(25)
        except subprocess.TimeoutExpired:
            process.kill()
    return 0


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    environ = {**os.environ, SUPERVISED: "1"}
    return subprocess.Popen(command, env=environ, start_new_session=True)


def stop_with_parent() -> None:
    """End this process when the one that started it is gone, even if that was killed."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


commands = [run, worker, migrate]
