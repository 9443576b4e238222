"""Somebody at a browser who presses the button, and what the trail says of it."""

from __future__ import annotations

import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collateral.accounts.models import AuditEntry
from collateral.db import db

BEGIN, ANSWER = "/sign-in/single-sign-on", "/sign-in/single-sign-on/answer"
EMAIL = "maja.brandt@kelvane.example"


def begin(client: FlaskClient, next: str = "") -> str:
    """Press the button; where the provider sends the browser back to."""
    gone = client.get(BEGIN, query_string={"next": next} if next else {})
    assert gone.status_code == 302, gone.text
    back = requests.get(gone.location, allow_redirects=False, timeout=5)
    return back.headers["Location"].removeprefix("http://localhost")


def come_in(client: FlaskClient, next: str = "") -> TestResponse:
    return client.get(begin(client, next))


def entries(action: str) -> list[AuditEntry]:
    return db.session.query(AuditEntry).filter_by(action=action).order_by(AuditEntry.id).all()


def whys() -> list[str]:
    return [entry.detail["why"] for entry in entries("person.sign_in_refused")]
