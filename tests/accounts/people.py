"""Somebody at a browser, typing: what the tests of accounts share."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collateral.accounts.models import Person, Role
from collateral.accounts.passwords import hash_password
from collateral.config import Settings
from collateral.db import db
from tests.factories import make_person

PASSWORD = "a seldom used phrase"


def with_password(*roles: Role, **more: Any) -> Person:
    """Somebody whose password is PASSWORD."""
    person = make_person(*roles, **more)
    person.password_hash = hash_password(PASSWORD)
    db.session.commit()
    return person


def csrf_of(client: FlaskClient, page: str = "/sign-in", **request: Any) -> str:
    """The token that stands in the page."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get(page, **request).text)
    assert found, f"{page} has no token"
    return found[1]


def sign_in(
    client: FlaskClient,
    email: str,
    password: str = PASSWORD,
    *,
    next: str = "",
    address: str = "192.0.2.7",
    **headers: str,
) -> TestResponse:
    """Open the page, fill the form in, send it."""
    come_from = {"environ_base": {"REMOTE_ADDR": address}}
    data = {
        "email": email,
        "password": password,
        "next": next,
        "csrf_token": csrf_of(client, **come_from),
    }
    return client.post("/sign-in", data=data, headers=headers, **come_from)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/profile", headers={"Accept": "application/json"}).status_code == 200


def mails(app: Flask) -> list[str]:
    """The texts of the mails that were written, the oldest first."""
    settings: Settings = app.extensions["settings"]
    files: list[Path] = sorted((settings.home / "mail").glob("*.eml"))
    texts = []
    for file in files:
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        texts.append(f"To: {message['To']}\nSubject: {message['Subject']}\n\n{body.get_content()}")
    return texts


def link_in(text: str) -> str:
    """The path of the link that stands in the mail, or on the screen."""
    found = re.search(r"http://localhost(/\S+)", text)
    assert found, f"no link in {text}"
    return found[1]
