"""Who is let in, and what a refusal looks like."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collateral.accounts.models import ApiToken, Role
from collateral.api import auth
from collateral.clock import later, now
from collateral.db import db
from collateral.limits import Limit
from tests.api.conftest import Caller, make_token
from tests.factories import make_asset, make_person
from tests.support import Visitor

Make = Callable[..., Caller]


def test_without_a_token_nothing_is_told(client: FlaskClient) -> None:
    asset = make_asset()
    answer = client.get(f"/api/v1/assets/{asset.id}")
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json is not None
    assert answer.json["status"] == 401


def test_t06_a_signed_in_browser_is_nobody_here(visitor: Visitor) -> None:
    asset = make_asset()
    admin = make_person(Role.ADMIN)
    browser = visitor.as_(admin)
    assert browser.get(f"/api/v1/assets/{asset.id}").status_code == 401
    assert browser.post(f"/api/v1/assets/{asset.id}/publish").status_code == 401


def test_a_write_with_a_token_needs_no_form_token(app: Flask, caller: Make) -> None:
    owner = make_person(Role.MARKETER)
    asset = make_asset(owner=owner)
    answer = caller(owner).patch(f"/assets/{asset.id}", json={"title": "Other"})
    assert answer.status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dXNlcjpwdw==", "Bearer nope"])
def test_what_is_no_token_is_refused(client: FlaskClient, header: str) -> None:
    answer = client.get("/api/v1/assets/1", headers={"Authorization": header})
    assert answer.status_code == 401


def test_expired_revoked_and_switched_off_are_refused(caller: Make) -> None:
    asset = make_asset()
    person = make_person()
    calls = caller(person)
    path = f"/assets/{asset.id}"
    assert calls.get(path).status_code == 200
    with later(timedelta(days=31)):
        assert calls.get(path).status_code == 401
    token = db.session.scalars(select(ApiToken)).one()
    token.revoked_at = now()
    db.session.commit()
    assert calls.get(path).status_code == 401
    token.revoked_at = None
    person.active = False
    db.session.commit()
    assert calls.get(path).status_code == 401


def test_a_token_does_only_what_its_scopes_say(caller: Make) -> None:
    owner = make_person(Role.MARKETER)
    asset = make_asset(owner=owner)
    reads = caller(owner, "read")
    assert reads.get(f"/assets/{asset.id}").status_code == 200
    assert reads.patch(f"/assets/{asset.id}", json={"title": "Other"}).status_code == 403
    writes = caller(owner, "write")
    assert writes.get(f"/assets/{asset.id}").status_code == 403


def test_t25_the_database_holds_no_token(app: Flask) -> None:
    text = make_token(make_person())
    rows = db.session.execute(select(ApiToken.__table__)).all()  # type: ignore[arg-type]
    assert rows
    assert text not in repr(rows)


def test_t30_a_token_that_asks_too_often_is_told_when_to_come_back(
    caller: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "FOR_A_TOKEN", Limit("api-token", 3, 60))
    calls = caller(make_person())
    path = f"/assets/{make_asset().id}"
    assert [calls.get(path).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = calls.get(path)
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    with later(timedelta(seconds=61)):
        assert calls.get(path).status_code == 200


def test_t30_guessing_tokens_is_slowed_for_the_network(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "FOR_WRONG_TOKENS", Limit("api-wrong-token", 2, 60))
    headers = {"Authorization": "Bearer wrong"}
    statuses = [client.get("/api/v1/assets/1", headers=headers).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


def test_unknown_calls_and_methods_answer_as_problems(client: FlaskClient) -> None:
    nothing = client.get("/api/v1/nothing")
    assert (nothing.status_code, nothing.mimetype) == (404, "application/problem+json")
    wrong = client.delete("/api/v1/assets/1")
    assert wrong.status_code == 405
    assert "PATCH" in wrong.headers["Allow"]
