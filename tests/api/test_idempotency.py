"""The same key answers the same result, however often and at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import Role
from collateral.api.jobs import forget_old_keys
from collateral.api.models import IdempotencyKey
from collateral.assets.models import Asset, AssetVersion
from collateral.clock import later
from collateral.db import db
from tests.api.conftest import Caller, Server, make_token
from tests.factories import make_asset, make_person
from tests.support import at_once

Make = Callable[..., Caller]
KEY = {"Idempotency-Key": "a-key-of-the-caller's"}


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_same_key_answers_the_same_again(caller: Make) -> None:
    calls = caller(make_person(Role.MARKETER))
    first = calls.upload("/assets", b"Some words", "a.txt", headers=KEY)
    again = calls.upload("/assets", b"Some words", "a.txt", headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count(Asset) == 1


def test_the_key_of_another_request_is_refused(caller: Make) -> None:
    owner = make_person(Role.MARKETER)
    asset = make_asset(owner=owner)
    calls = caller(owner)
    calls.upload("/assets", b"Some words", "a.txt", headers=KEY)
    for answer in (
        calls.upload("/assets", b"Other words", "a.txt", headers=KEY),
        calls.upload("/assets", b"Some words", "a.txt", title="A title", headers=KEY),
        calls.upload("/assets?duplicate=allow", b"Some words", "a.txt", headers=KEY),
        calls.post(f"/assets/{asset.id}/publish", headers=KEY),
    ):
        assert answer.status_code == 422
        assert "another request" in answer.json["detail"]
    assert count(Asset) == 2


def test_a_key_is_the_persons_own(caller: Make) -> None:
    one, other = caller(make_person(Role.MARKETER)), caller(make_person(Role.MARKETER))
    first = one.upload("/assets", b"Some words", headers=KEY)
    second = other.upload("/assets?duplicate=allow", b"Some words", headers=KEY)
    assert first.json["id"] != second.json["id"]


def test_a_refusal_does_not_use_the_key_up(caller: Make) -> None:
    owner = make_person(Role.MARKETER)
    asset = make_asset(owner=owner)
    calls = caller(owner)
    refused = calls.post(f"/assets/{asset.id}/retire", json={"reason": ""}, headers=KEY)
    assert refused.status_code == 422
    done = calls.post(f"/assets/{asset.id}/retire", json={"reason": "Old"}, headers=KEY)
    assert done.status_code == 200


def test_what_is_no_key_is_refused(caller: Make) -> None:
    calls = caller(make_person(Role.MARKETER))
    for key in ("", "two words", "x" * 256):
        answer = calls.upload("/assets", b"Some words", headers={"Idempotency-Key": key})
        assert answer.status_code == 400
    assert count(Asset) == 0


def test_keys_are_forgotten_after_a_week(app: Flask, caller: Make) -> None:
    caller(make_person(Role.MARKETER)).upload("/assets", b"Some words", headers=KEY)
    forget_old_keys()
    assert count(IdempotencyKey) == 1
    with later(timedelta(days=8)):
        forget_old_keys()
    assert count(IdempotencyKey) == 0


def test_t35_twenty_at_once_with_one_key_make_one_asset(bare_app: Flask, serve: Server) -> None:
    with bare_app.app_context():
        token = make_token(make_person(Role.MARKETER))
    base = serve(bare_app)
    boundary = "cut-here"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        "Content-Type: text/plain\r\n\r\n"
        f"The same words twenty times\r\n--{boundary}--\r\n"
    ).encode()

    def send(_number: int, together: Callable[[], object]) -> tuple[int, int]:
        request = Request(
            f"{base}/api/v1/assets",
            data=body,
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                **KEY,
            },
        )
        together()
        with urlopen(request, timeout=60) as response:
            return response.status, json.load(response)["id"]

    answers = at_once(20, send)
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    with bare_app.app_context():
        assert (count(Asset), count(AssetVersion)) == (1, 1)


def test_t36_of_many_editors_at_once_one_wins_each_round(bare_app: Flask, serve: Server) -> None:
    with bare_app.app_context():
        owner = make_person(Role.MARKETER)
        asset_id, token = make_asset(owner=owner).id, make_token(owner)
    base = serve(bare_app)

    def edit(number: int, together: Callable[[], object]) -> int:
        request = Request(
            f"{base}/api/v1/assets/{asset_id}",
            method="PATCH",
            data=json.dumps({"title": f"Editor {number}"}).encode(),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "If-Match": '"1"',
            },
        )
        together()
        try:
            with urlopen(request, timeout=60) as response:
                return int(response.status)
        except HTTPError as error:
            error.close()
            return error.code

    assert sorted(at_once(8, edit)) == [200] + [412] * 7
