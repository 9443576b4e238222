"""Helpers that speak for a person at a browser, for many at once, and for a worker that died."""

from __future__ import annotations

import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import event

from collateral import clock
from collateral.accounts import sessions
from collateral.accounts.models import Person
from collateral.crew import Held
from collateral.db import db
from collateral.queue import Job, Queue

Answer = TypeVar("Answer")


class Browser(FlaskClient):
    """A client whose every request has a context of its own, as on a server.

    Flask would reuse the test's own context, and with it whoever was signed in before.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if has_app_context():
            db.session.expire_all()  # the test's own rows are read again
        return response


class SignedInClient(Browser):
    """A client that sends the CSRF token with each write, as our pages do."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        headers = dict(kwargs.pop("headers", None) or {})
        if getattr(self, "csrf", None):
            headers.setdefault("X-CSRFToken", self.csrf)
        return super().open(*args, headers=headers, **kwargs)


class Visitor:
    """Makes clients that are signed in, without typing the password each time."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def as_(self, person: Person) -> SignedInClient:
        from flask import session as flask_session
        from flask_wtf.csrf import generate_csrf

        client = SignedInClient(self.app, self.app.response_class)
        person_id = person.id
        with self.app.app_context(), self.app.test_request_context():
            sessions.start(db.session.get_one(Person, person_id), "tests")
            db.session.commit()
            client.csrf = generate_csrf()  # type: ignore[attr-defined]
            kept = dict(flask_session)
        with client.session_transaction() as cookie:
            cookie.update(kept)
        return client


@contextmanager
def counted_queries(app: Flask) -> Iterator[list[str]]:
    """The statements that run within the block."""
    seen: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def held_clock(at: datetime) -> Any:
    """The fixture of a module in all of whose tests it is this moment."""

    @pytest.fixture(autouse=True)
    def held(app: Flask) -> Iterator[None]:
        with clock.hold(at):
            yield

    return held


def at_once(count: int, do: Callable[[int, Callable[[], object]], Answer]) -> list[Answer]:
    """What `count` threads answer: each does this with its number and a wait for all the
    others, to be called right before what must happen at the same moment."""
    meeting = threading.Barrier(count)
    with ThreadPoolExecutor(count) as threads:
        doing = [threads.submit(do, number, lambda: meeting.wait(60)) for number in range(count)]
        return [each.result() for each in doing]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def worker_died(app: Flask, job: Job, *ids: int) -> None:
    """What comes of it when a worker died with this job in its hand: another takes it over."""
    queue: Queue = app.extensions["queue"]
    queue.send_again(Held(f"{job.__module__}.{job.__name__}", list(ids), "-", deaths=1))
    while (task := queue.huey.dequeue()) is not None:
        queue.huey.execute(task)
    db.session.expire_all()


def assert_labels_lead_to_fields(page: str) -> None:
    """No id stands twice in the page, and each label has its field."""
    ids = Counter(re.findall(r'\sid="([^"]+)"', page))
    assert {name: times for name, times in ids.items() if times > 1} == {}
    assert set(re.findall(r'<label[^>]*\sfor="([^"]+)"', page)) <= set(ids)
