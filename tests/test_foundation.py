"""The house stands: it starts, answers for its health, and keeps files."""

from __future__ import annotations

import io

from flask import Flask
from flask.testing import FlaskClient

from collateral.assets.models import Asset
from collateral.db import db
from collateral.storage import storage
from tests.factories import make_asset


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
