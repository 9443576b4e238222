"""Callers: people with a token and nothing else."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.test import TestResponse

from collateral.accounts import tokens
from collateral.accounts.models import Person, Role
from collateral.clock import now
from collateral.db import db


def make_token(person: Person, *scopes: str, days: int = 30) -> str:
    """A token's text, for headers; without scopes, one with all that the person may have."""
    admin = Role.ADMIN in person.roles
    scopes = scopes or ("read", "write", *(("admin",) if admin else ()))
    _, text = tokens.create(
        person, "tests", scopes, by=person, at=now(), lifetime=timedelta(days=days)
    )
    db.session.commit()
    return text


class Caller:
    """Calls the API as one person."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token = client, token

    def __call__(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.client.open(
            f"/api/v1{path}", method=method, headers=headers, buffered=True, **more
        )

    def get(self, path: str, **more: Any) -> TestResponse:
        return self("GET", path, **more)

    def post(self, path: str, **more: Any) -> TestResponse:
        return self("POST", path, **more)

    def patch(self, path: str, **more: Any) -> TestResponse:
        return self("PATCH", path, **more)

    def put(self, path: str, **more: Any) -> TestResponse:
        return self("PUT", path, **more)

    def upload(self, path: str, data: bytes, name: str = "deck.txt", **fields: Any) -> TestResponse:
        headers = fields.pop("headers", {})
        return self(
            "POST", path, data={"file": (io.BytesIO(data), name), **fields}, headers=headers
        )


Server = Callable[[Flask], str]


@pytest.fixture
def serve() -> Iterator[Server]:
    """`serve(app)` answers on a port of its own, many requests at once; its address."""
    running: list[tuple[BaseWSGIServer, threading.Thread]] = []

    def start(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        running.append((server, thread))
        return f"http://localhost:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_said: Any) -> None:
        pass


@pytest.fixture
def caller(app: Flask) -> Callable[..., Caller]:
    """`caller(person)` calls with a token of that person's; scopes may follow."""

    def make(person: Person, *scopes: str) -> Caller:
        return Caller(app.test_client(), make_token(person, *scopes))

    return make
