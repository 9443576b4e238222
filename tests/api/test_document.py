"""The OpenAPI document holds: calls made as it says, and wrongly, answer as it says."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collateral import queue
from collateral.accounts.models import Role
from collateral.api import identify
from collateral.assets.models import Vocabulary
from collateral.clock import now
from collateral.db import db
from collateral.deals.one_deal import upsert_deal
from collateral.storage import storage
from tests.api.conftest import Server, make_token
from tests.factories import make_asset, make_person, make_term

EXAMPLES = 15
CONFIG = """
# Any text is a body of lines, so hardly any wrong one can be made for it.
suppress-health-check = ["filter_too_much"]
# What is asked of one file is read while the caller waits; the tests ask nothing of the time.
request-timeout = 60.0

[generation]
max-examples = {examples}
deterministic = true
allow-x00 = false
no-shrink = true

[parameters]
"path.asset_id" = {asset}
"path.number" = 1
"path.page" = 1
"path.deal" = "{deal}"
"path.metric" = "unique_views"
"query.asset" = {asset}

[checks.positive_data_acceptance]
# What has the right shape and still cannot be taken: a lost race, a key or term that is not.
expected-statuses = ["2xx", "404", "409", "412", "416", "422"]

[phases.stateful]
enabled = false

[phases.examples]
enabled = false
"""


@pytest.mark.either
def test_schemathesis_finds_nothing_amiss(
    bare_app: Flask, serve: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bare_app.app_context():
        admin = make_person(Role.ADMIN, Role.MARKETER, Role.MANAGER)
        make_term(Vocabulary.STAGE, "evaluation")
        asset = make_asset(owner=admin, pages=["One", "Two"])
        page = asset.versions[0].pages[0]
        page.preview_320 = page.preview_1280 = storage().put(io.BytesIO(b"a picture")).sha256
        deal, _ = upsert_deal("D-1", {"name": "A deal", "stage": "Evaluation"}, at=now())
        db.session.commit()
        token = make_token(admin)
        config = CONFIG.format(examples=EXAMPLES, asset=asset.id, deal=deal.id)
    (tmp_path / "schemathesis.toml").write_text(config)
    # As it is outside of tests: what a call leaves to a worker is not done while it is waited for.
    queue.init_app(bare_app, f"sqlite:{tmp_path / 'queue.sqlite'}")
    monkeypatch.setattr(identify, "PATIENCE", 0.5)  # no worker will ever answer
    base = serve(bare_app)
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "--config-file",
        str(tmp_path / "schemathesis.toml"),
        "run",
        f"{base}/api/v1/openapi.json",
        "--header",
        f"Authorization: Bearer {token}",
        "--no-color",
    ]
    ran = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=3600, check=False
    )
    assert ran.returncode == 0, ran.stdout[-12_000:] + ran.stderr[-3000:]


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/docs"])
def test_the_document_is_for_everybody(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_the_document_is_openapi_3_1_and_names_every_call(client: FlaskClient, app: Flask) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    described = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    served = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api.") and rule.endpoint not in (
            "api.openapi_document",
            "api.docs",
        ):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))
            served |= {(method, path) for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert described == served
    for name, schema in document["components"]["schemas"].items():
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False, name


def test_the_page_for_people_shows_every_call_without_foreign_files(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    page = client.get("/api/v1/docs").text
    for methods in document["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
