"""The house stands: it starts, answers for its health, and keeps files."""

from __future__ import annotations

import io
import json

from flask import Flask
from flask.testing import FlaskClient

from collateral.accounts.models import Role
from collateral.assets.models import Asset
from collateral.db import db
from collateral.storage import storage
from tests.factories import make_asset, make_person
from tests.support import Visitor


def test_health_and_readiness_answer(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").status_code == 200


def test_a_file_is_kept_under_its_hash(app: Flask) -> None:
    kept = storage().put(io.BytesIO(b"hello"))
    with storage().open(kept.sha256) as file:
        assert file.read() == b"hello"
    assert list(storage().names()) == [kept.sha256]


def test_each_change_of_an_asset_raises_its_revision(app: Flask) -> None:
    asset = make_asset()
    before = asset.revision
    asset.title = "Another title"
    db.session.commit()
    assert db.session.get_one(Asset, asset.id).revision == before + 1


def test_the_page_without_a_connection_holds_nothing_of_anybody(
    client: FlaskClient, visitor: Visitor
) -> None:
    person = make_person(Role.ADMIN, name="Karim Aziz")
    for browser in (client, visitor.as_(person)):
        page = browser.get("/offline")
        assert page.status_code == 200
        assert "Karim" not in page.text
        assert "csrf" not in page.text
        worker = browser.get("/service-worker.js")
        assert worker.mimetype == "text/javascript"
        assert "worker-src 'self'" in worker.headers["Content-Security-Policy"]
        kept = json.loads(worker.text.split("FILES = ")[1].split(";")[0])
        for path in kept:
            with browser.get(path) as answer:
                assert answer.status_code == 200
        assert all(path == "/offline" or path.startswith("/static/") for path in kept)
