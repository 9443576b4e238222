"""API tokens."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from collateral.accounts import operations, tokens
from collateral.accounts.models import ApiToken, Role
from collateral.clock import later, now
from collateral.db import db
from collateral.errors import Invalid
from tests.factories import make_person
from tests.support import Visitor


def test_t25_a_token_is_kept_as_its_hash_alone(app: Flask) -> None:
    person = make_person(Role.REP)
    _row, text = tokens.create(person, "Script", ["read"], by=person, at=now())
    db.session.commit()
    assert re.fullmatch(r"collateral_[\w-]{43}", text)
    found = tokens.find(text, at=now())
    assert found is not None
    assert (found.person, found.scopes) == (person, ["read"])
    kept = db.session.query(ApiToken).one()
    assert text not in kept.token_hash
    assert tokens.find(kept.token_hash, at=now()) is None


def test_t25_what_is_no_token_opens_nothing(app: Flask) -> None:
    for text in ("", "collateral_", "x" * 10_000, "nul\x00"):
        assert tokens.find(text, at=now()) is None


@pytest.mark.parametrize(
    ("scopes", "sentence"),
    [
        (["read", "all"], "Scopes are read, write and admin, not “all”."),
        ([], "Choose among read, write and admin."),
        (["admin"], "Only an admin's token may have the scope “admin”."),
    ],
)
def test_a_scope_that_cannot_be_is_named(app: Flask, scopes: list[str], sentence: str) -> None:
    person = make_person(Role.REP)
    with pytest.raises(Invalid) as refused:
        tokens.create(person, "Script", scopes, by=person, at=now())
    assert refused.value.sentence == sentence


def test_a_token_expires(app: Flask) -> None:
    person = make_person(Role.REP)
    _row, text = tokens.create(
        person, "Script", ["read"], by=person, at=now(), lifetime=timedelta(days=30)
    )
    db.session.commit()
    with later(timedelta(days=29)):
        assert tokens.find(text, at=now())
    with later(timedelta(days=31)):
        assert tokens.find(text, at=now()) is None


def test_a_token_that_was_revoked_opens_nothing(app: Flask, visitor: Visitor) -> None:
    person = make_person(Role.REP)
    row, text = tokens.create(person, "Script", ["read"], by=person, at=now())
    db.session.commit()
    assert visitor.as_(person).post(f"/profile/tokens/{row.id}/revoke").status_code == 303
    assert tokens.find(text, at=now()) is None


def test_a_token_of_somebody_switched_off_opens_nothing(app: Flask) -> None:
    person, admin = make_person(Role.REP), make_person(Role.ADMIN)
    _row, text = tokens.create(person, "Script", ["read"], by=person, at=now())
    operations.switch_off(person, by=admin)
    db.session.commit()
    assert tokens.find(text, at=now()) is None


def test_t07_nobody_revokes_another_persons_token(visitor: Visitor) -> None:
    person, other = make_person(Role.REP), make_person(Role.ADMIN)
    row, text = tokens.create(person, "Script", ["read"], by=person, at=now())
    db.session.commit()
    assert visitor.as_(other).post(f"/profile/tokens/{row.id}/revoke").status_code == 404
    assert tokens.find(text, at=now())


@pytest.mark.parametrize(
    ("scopes", "days"),
    [([], 30), (["king"], 30), (["admin"], 30), (["read"], 0), (["read"], 400)],
)
def test_tokens_that_may_not_be_are_refused(app: Flask, scopes: list[str], days: int) -> None:
    person = make_person(Role.REP)
    with pytest.raises(Invalid):
        tokens.create(person, "Script", scopes, by=person, at=now(), lifetime=timedelta(days=days))


def test_a_token_is_shown_once(visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.ADMIN))
    data = {"name": "Script", "scopes": ["read", "admin"], "days": "90"}
    answer = client.post("/profile/tokens", data=data)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r"collateral_[\w-]{43}", answer.text)
    assert found
    assert tokens.find(found[0], at=now())
    assert found[0] not in client.get("/profile").text


def test_a_rep_is_not_offered_the_admin_scope(visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.REP))
    assert 'value="admin"' not in client.get("/profile").text
    data = {"name": "Script", "scopes": ["admin"], "days": "90"}
    assert client.post("/profile/tokens", data=data).status_code == 400


def test_use_is_noted_but_not_each_time(app: Flask) -> None:
    person = make_person(Role.REP)
    row, _text = tokens.create(person, "Script", ["read"], by=person, at=now())
    db.session.commit()
    assert tokens.note_use(row, at=now())
    first = row.last_used_at
    assert first is not None
    assert not tokens.note_use(row, at=now())
    assert row.last_used_at == first
    with later(timedelta(minutes=6)):
        assert tokens.note_use(row, at=now())
    db.session.expire_all()
    assert row.last_used_at > first  # type: ignore[operator]
