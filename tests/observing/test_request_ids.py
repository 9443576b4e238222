"""One id from the browser through the queue's message and the worker into the confined child."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from collateral.accounts.models import Role
from collateral.config import Settings
from collateral.logs import JsonLines
from collateral.queue import queue
from tests.factories import make_person
from tests.support import Visitor

ID = "0123-from-the-browser"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, queue_url=f"sqlite:{tmp_path / 'queue.sqlite'}", log_level="INFO")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the log says, in the form in which it is written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel("INFO")
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def work() -> None:
    """Do all that waits, as a worker's thread does it."""
    huey = queue().huey
    while (task := huey.dequeue()) is not None:
        huey.execute(task)


def test_a_request_is_followed_into_the_child_that_reads_its_file(
    app: Flask, visitor: Visitor, logged: io.StringIO
) -> None:
    marketer = visitor.as_(make_person(Role.MARKETER))
    sent = marketer.post(
        "/upload/file",
        data={"file": (io.BytesIO(b"Words about chillers"), "words.txt")},
        headers={"X-Request-ID": ID, "Accept": "application/json"},
    )
    assert sent.headers["X-Request-ID"] == ID
    assert queue().waiting() > 0

    def worker() -> None:
        with app.app_context():
            work()

    # A thread of its own has no request of its own.
    thread = threading.Thread(target=worker)
    thread.start()
    thread.join()

    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    ended = [line for line in lines if line["event"] == "child_ended"]
    assert ended
    assert {line["request"] for line in ended} == {ID}
    assert {line["child"]["request"] for line in ended} == {ID}
    assert all(line["child"]["pid"] > 0 for line in ended)
    asked = next(line for line in lines if line.get("path") == "/upload/file")
    assert asked["request"] == ID
