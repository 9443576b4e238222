"""A real server of this installation for the time of a measurement, and somebody signed in."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from flask import Flask
from flask import session as flask_session

from collateral import preloaded
from collateral.accounts import sessions
from collateral.accounts.models import Person
from collateral.db import db


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    environ: dict[str, str], port: int, threads: int = 8
) -> Iterator[tuple[HTTPConnection, int]]:
    """The web as `collateral run` starts it: a connection that is kept open, its id."""
    command = preloaded.command("127.0.0.1", port, web=0, threads=threads, workers=0)
    process = subprocess.Popen(command, env={**os.environ, **environ})
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        answering(connection, process)
        yield connection, process.pid
    finally:
        connection.close()
        process.terminate()
        process.wait(30)


def answering(connection: HTTPConnection, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers. Raises RuntimeError when it ended, or does not."""
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("The server ended while it started.")
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            connection.close()
            time.sleep(0.2)
    raise RuntimeError("The server did not answer within two minutes.")


def cpu_seconds(server: int) -> float:
    """What the processes of a server have used of the processors so far."""
    import psutil

    every = [psutil.Process(server), *psutil.Process(server).children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in every)


def cookie_of(app: Flask, person: Person) -> str:
    """The Cookie header of a browser in which the person is signed in."""
    with app.test_request_context():
        sessions.start(db.session.get_one(Person, person.id), "bench")
        db.session.commit()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(dict(flask_session))}"


def timed_get(connection: HTTPConnection, path: str, cookie: str) -> tuple[float, bytes]:
    """Milliseconds from the request to the last byte of the answer, and the answer."""
    started = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
    response = connection.getresponse()
    body = response.read()
    elapsed = (time.perf_counter() - started) * 1000
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}.")
    return elapsed, body
