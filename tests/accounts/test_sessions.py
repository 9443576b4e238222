"""Signed-in browsers: how they begin, and everything that ends them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collateral.accounts import jobs, operations
from collateral.accounts.models import Person, Role, SignInSession
from collateral.clock import hold, later, now
from collateral.db import db
from tests.accounts.people import PASSWORD, csrf_of, is_signed_in, sign_in, with_password
from tests.support import Visitor

pytestmark = pytest.mark.either


def session_cookie(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def test_t09_a_session_rotates_at_sign_in(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    client, thief = app.test_client(), app.test_client()
    client.get("/sign-in")
    fixed = session_cookie(client)
    thief.set_cookie("session", fixed)
    sign_in(client, person.email)
    assert session_cookie(client) != fixed
    assert is_signed_in(client)
    assert not is_signed_in(thief)


def test_t09_a_second_sign_in_ends_the_first(client: FlaskClient, app: Flask) -> None:
    person = with_password(Role.ADMIN)
    sign_in(client, person.email)
    old = app.test_client()
    old.set_cookie("session", session_cookie(client))
    # Signed in, one can still send the form: from a tab that was open before.
    data = {
        "email": person.email,
        "password": PASSWORD,
        "csrf_token": csrf_of(client, "/profile"),
    }
    assert client.post("/sign-in", data=data).status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(old)
    assert db.session.query(SignInSession).count() == 1


def test_t09_a_stolen_cookie_is_worth_nothing_after_sign_out(
    client: FlaskClient, app: Flask
) -> None:
    person = with_password(Role.ADMIN)
    sign_in(client, person.email)
    thief = app.test_client()
    thief.set_cookie("session", session_cookie(client))
    assert is_signed_in(thief)
    client.post("/sign-out", data={"csrf_token": csrf_of(client, "/profile")})
    answer = thief.get("/profile", headers={"Accept": "application/json"})
    assert answer.status_code == 401


def test_t09_an_idle_session_expires(visitor: Visitor) -> None:
    person = with_password(Role.ADMIN)
    start = now()
    with hold(start):
        client = visitor.as_(person)
    with hold(start + timedelta(minutes=29)):
        assert is_signed_in(client)
    with hold(start + timedelta(minutes=58)):
        assert is_signed_in(client), "being used keeps it"
    with hold(start + timedelta(minutes=58 + 31)):
        assert not is_signed_in(client)


def test_t09_a_session_in_use_expires_after_twelve_hours(visitor: Visitor) -> None:
    person = with_password(Role.ADMIN)
    start = now()
    with hold(start):
        client = visitor.as_(person)
    for quarter in range(1, 12 * 4 + 1):
        with hold(start + timedelta(minutes=15 * quarter)):
            assert is_signed_in(client), f"after {quarter / 4} hours"
    with hold(start + timedelta(hours=12, seconds=1)):
        assert not is_signed_in(client)


def test_t09_a_new_password_ends_all_sessions_but_this_one(visitor: Visitor) -> None:
    person = with_password(Role.REP)
    here, elsewhere = visitor.as_(person), visitor.as_(person)
    before = session_cookie(here)
    answer = here.post(
        "/profile/password", data={"current": PASSWORD, "password": "another seldom phrase"}
    )
    assert answer.status_code == 303
    assert is_signed_in(here)
    assert session_cookie(here) != before
    assert not is_signed_in(elsewhere)


def test_t09_being_switched_off_ends_every_session(visitor: Visitor) -> None:
    person, admin = with_password(Role.REP), with_password(Role.ADMIN)
    client = visitor.as_(person)
    operations.switch_off(person, by=admin)
    db.session.commit()
    assert not is_signed_in(client)


def test_t09_other_roles_need_another_session(visitor: Visitor) -> None:
    person, admin = with_password(Role.REP), with_password(Role.ADMIN)
    client = visitor.as_(person)
    operations.change_roles(person, [Role.MARKETER], by=admin)
    db.session.commit()
    assert not is_signed_in(client)


def test_a_browser_elsewhere_can_be_signed_out(visitor: Visitor) -> None:
    person = with_password(Role.REP)
    here, elsewhere = visitor.as_(person), visitor.as_(person)
    last = db.session.query(SignInSession).order_by(SignInSession.id.desc()).first()
    assert last is not None
    assert here.post(f"/profile/sessions/{last.id}/end").status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)


def test_t07_nobody_ends_another_persons_session(visitor: Visitor) -> None:
    victim, other = with_password(Role.REP), with_password(Role.REP)
    client = visitor.as_(victim)
    row = db.session.query(SignInSession).one()
    visitor.as_(other).post(f"/profile/sessions/{row.id}/end")
    assert is_signed_in(client)


def test_the_database_does_not_hold_what_the_cookie_holds(client: FlaskClient) -> None:
    person = with_password(Role.ADMIN)
    sign_in(client, person.email)
    with client.session_transaction() as kept:
        token = kept["_user_id"]
    assert db.session.query(SignInSession).one().token_hash != token


def test_expired_sessions_are_swept(app: Flask, visitor: Visitor) -> None:
    visitor.as_(with_password(Role.REP))
    with later(timedelta(minutes=31)):
        visitor.as_(db.session.query(Person).first())  # type: ignore[arg-type]
        jobs.sweep()
    assert db.session.query(SignInSession).count() == 1


def test_t09_an_admin_page_part_asked_by_a_script_says_401(client: FlaskClient) -> None:
    with_password(Role.ADMIN)
    answer = client.get("/profile", headers={"Sec-Fetch-Mode": "cors"})
    assert answer.status_code == 401
