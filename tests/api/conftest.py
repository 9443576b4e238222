"""Callers: people with a token and nothing else."""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collateral.accounts.models import ApiToken, Person
from collateral.clock import now
from collateral.db import db

ALL_SCOPES = ("read", "write", "admin")


def make_token(person: Person, *scopes: str, days: int = 30) -> str:
    """A token's text, for headers."""
    text = secrets.token_urlsafe(32)
    db.session.add(
        ApiToken(
            person_id=person.id,
            name="tests",
            token_hash=hashlib.sha256(text.encode()).hexdigest(),
            scopes=list(scopes or ALL_SCOPES),
            expires_at=now() + timedelta(days=days),
        )
    )
    db.session.commit()
    return text


class Caller:
    """Calls the API as one person."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token = client, token

    def __call__(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **more)

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


@pytest.fixture
def caller(app: Flask) -> Callable[..., Caller]:
    """`caller(person)` calls with a token of that person's; scopes may follow."""

    def make(person: Person, *scopes: str) -> Caller:
        return Caller(app.test_client(), make_token(person, *scopes))

    return make
