"""Whom a provider lets in: the person of its subject, the first time by a verified address."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collateral.accounts import operations
from collateral.accounts.models import Identity, Person, Role, SignInAttempt
from collateral.db import db
from tests.accounts.people import is_signed_in
from tests.accounts.single_sign_on.coming_in import EMAIL, come_in, entries, whys
from tests.accounts.single_sign_on.identity_provider import Provider
from tests.factories import make_person


def test_the_first_time_a_verified_address_links_and_leads_on(client: FlaskClient) -> None:
    person = make_person(Role.REP, email=EMAIL)  # invited, and never chose a password
    with client.session_transaction() as before:
        before["csrf_token"] = "of the session before"
    answer = come_in(client, "/search?q=predict")
    assert (answer.status_code, answer.location) == (303, "/search?q=predict")
    assert is_signed_in(client)
    with client.session_transaction() as after:
        assert after.get("csrf_token") != "of the session before"
        assert "single_sign_on" not in after
    row = db.session.query(Identity).one()
    assert (row.person_id, row.subject) == (person.id, "sub-1")
    (entry,) = entries("person.signed_in")
    assert (entry.actor_id, entry.detail["how"]) == (person.id, "single sign-on")
    assert len(entries("person.linked")) == 1
    page = client.get("/profile").text
    assert row.issuer in page
    assert "sub-1" in page
    assert db.session.query(SignInAttempt).count() == 0


def test_afterwards_the_subject_counts_and_no_address(
    client: FlaskClient, provider: Provider
) -> None:
    person = make_person(Role.REP, email=EMAIL)
    other = make_person(Role.ADMIN, email="boss@kelvane.example")
    come_in(client)
    provider.is_("sub-1", other.email, True)
    assert come_in(client.application.test_client()).status_code == 303
    assert [entry.actor_id for entry in entries("person.signed_in")] == [person.id] * 2
    assert db.session.query(Identity).count() == 1


def test_an_address_that_went_to_somebody_else_does_not_give_her_account_away(
    app: Flask, provider: Provider
) -> None:
    person = make_person(Role.REP, email=EMAIL)
    admin = make_person(Role.ADMIN)
    come_in(app.test_client())
    provider.is_("sub-2", EMAIL, True)
    assert come_in(app.test_client()).status_code == 403
    assert whys() == ["another subject has this e-mail"]
    person = db.session.get_one(Person, person.id)
    operations.switch_off(person, by=db.session.get_one(Person, admin.id))
    operations.switch_on(person, by=None)
    db.session.commit()
    assert come_in(app.test_client()).status_code == 303


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_t12_an_unverified_address_links_nobody(
    client: FlaskClient, provider: Provider, verified: object
) -> None:
    make_person(Role.REP, email=EMAIL)
    provider.is_("sub-1", EMAIL, verified)
    answer = come_in(client)
    assert answer.status_code == 403
    assert "Ask an admin of your library" in answer.text
    assert not is_signed_in(client)
    assert db.session.query(Identity).count() == 0
    assert whys() == ["no verified e-mail"]


def test_t12_strangers_and_who_was_switched_off_read_the_same(
    app: Flask, provider: Provider
) -> None:
    off = make_person(Role.REP, email="off@kelvane.example")
    linked = make_person(Role.REP, email=EMAIL)
    off.active = False
    db.session.commit()
    come_in(app.test_client())
    db.session.get_one(Person, linked.id).active = False
    db.session.commit()
    pages = set()
    for subject, email in (
        ("sub-1", EMAIL),
        ("sub-2", off.email),
        ("sub-3", "new@kelvane.example"),
    ):
        provider.is_(subject, email, True)
        answer = come_in(app.test_client())
        at, end = (answer.text.index(word) for word in ("Nobody here is known", "to invite you."))
        pages.add((answer.status_code, answer.text[at:end]))
    assert len(pages) == 1
    assert whys() == ["switched off", "switched off", "nobody has this e-mail"]
    assert db.session.query(Person).count() == 2


def test_a_provider_that_tells_the_address_apart_is_asked_for_it(
    app: Flask, provider: Provider
) -> None:
    make_person(Role.REP, email=EMAIL)
    provider.is_("sub-1")
    provider.userinfo = {"sub": "sub-2", "email": EMAIL, "email_verified": True}
    assert come_in(app.test_client()).status_code == 400
    provider.userinfo["sub"] = "sub-1"
    assert come_in(app.test_client()).status_code == 303
    assert whys() == ["userinfo of another subject"]
