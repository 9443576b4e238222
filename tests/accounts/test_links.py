"""Links that work once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collateral.accounts import one_time, operations, passwords
from collateral.accounts.models import OneTimeToken, Person, Role, TokenPurpose
from collateral.clock import hold, later, now
from collateral.db import db
from collateral.errors import NotFound
from tests.accounts.people import PASSWORD, csrf_of, is_signed_in, link_in, mails, with_password
from tests.factories import make_person
from tests.support import Visitor

NEW = "another seldom phrase"


def ask_for_reset(client: FlaskClient, email: str) -> str:
    data = {"email": email, "csrf_token": csrf_of(client, "/forgot")}
    answer = client.post("/forgot", data=data)
    assert answer.status_code == 200
    return answer.text.replace(email, "…")


def use(client: FlaskClient, link: str, **data: str) -> int:
    return client.post(link, data={"csrf_token": csrf_of(client, link), **data}).status_code


def test_a_forgotten_password_is_chosen_anew_by_mail(app: Flask, visitor: Visitor) -> None:
    person = with_password(Role.ADMIN)
    elsewhere, client = visitor.as_(person), app.test_client()
    ask_for_reset(client, person.email)
    (mail,) = mails(app)
    assert f"To: {person.email}" in mail
    assert use(client, link_in(mail), password=NEW) == 303
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    stored = db.session.get_one(Person, person.id).password_hash
    assert passwords.verify(stored, NEW)
    assert not passwords.verify(stored, PASSWORD)


def test_t11_asking_for_a_reset_tells_nobody_who_has_an_account(app: Flask) -> None:
    known = with_password(Role.ADMIN)
    answers = {
        ask_for_reset(app.test_client(), email) for email in (known.email, "nobody@example.com")
    }
    # Each page has a token and a nonce of its own.
    assert len({len(answer) for answer in answers}) == 1
    assert len(mails(app)) == 1


def test_nobody_is_buried_in_mail(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    for _ in range(5):
        ask_for_reset(app.test_client(), person.email)
    assert len(mails(app)) == 3


def test_t30_asking_again_and_again_must_wait(app: Flask) -> None:
    client = app.test_client()
    with hold(now()):
        for _ in range(5):
            ask_for_reset(client, "nobody@example.com")
        data = {"email": "nobody@example.com", "csrf_token": csrf_of(client, "/forgot")}
        answer = client.post("/forgot", data=data)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"


def test_a_link_works_once(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    ask_for_reset(app.test_client(), person.email)
    link = link_in(mails(app)[0])
    assert use(app.test_client(), link, password=NEW) == 303
    late = app.test_client()
    data = {"csrf_token": csrf_of(late), "password": "yet another phrase"}
    assert late.post(link, data=data).status_code == 404
    assert late.get(link).status_code == 404


def test_opening_a_link_does_not_use_it_up(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    ask_for_reset(app.test_client(), person.email)
    link = link_in(mails(app)[0])
    for _ in range(3):
        answer = app.test_client().get(link)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
    assert use(app.test_client(), link, password=NEW) == 303


def test_a_password_that_is_refused_leaves_the_link_working(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    ask_for_reset(app.test_client(), person.email)
    link = link_in(mails(app)[0])
    client = app.test_client()
    assert use(client, link, password="short") == 400
    assert use(client, link, password=NEW) == 303


def test_a_link_expires(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    ask_for_reset(app.test_client(), person.email)
    link = link_in(mails(app)[0])
    with later(timedelta(minutes=61)):
        assert app.test_client().get(link).status_code == 404


def test_a_new_password_makes_the_other_links_useless(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    for _ in range(2):
        ask_for_reset(app.test_client(), person.email)
    first, second = (link_in(mail) for mail in mails(app))
    assert use(app.test_client(), second, password=NEW) == 303
    assert app.test_client().get(first).status_code == 404


@pytest.mark.parametrize("purpose", list(TokenPurpose))
def test_t25_a_link_opens_its_own_door_alone(app: Flask, purpose: TokenPurpose) -> None:
    person = make_person(Role.ADMIN)
    token = one_time.issue(purpose, person, at=now())
    db.session.commit()
    for other in set(TokenPurpose) - {purpose}:
        path = one_time.address("", other, token)
        assert app.test_client().get(path).status_code == 404


def test_t25_the_database_holds_no_link(app: Flask) -> None:
    token = one_time.issue(TokenPurpose.RESET, make_person(), at=now())
    db.session.commit()
    assert len(token) >= 43  # 256 bits
    assert token not in db.session.query(OneTimeToken).one().token_hash


def test_of_two_at_once_one_is_too_late(app: Flask) -> None:
    token = one_time.issue(TokenPurpose.RESET, make_person(), at=now())
    db.session.commit()
    row = one_time.find(TokenPurpose.RESET, token, at=now())
    one_time.use(row, at=now())
    with pytest.raises(NotFound):
        one_time.use(row, at=now())


def test_the_first_sign_in_chooses_a_password(app: Flask, client: FlaskClient) -> None:
    person = make_person(Role.ADMIN)
    link = one_time.address(
        "", TokenPurpose.SIGN_IN, one_time.issue(TokenPurpose.SIGN_IN, person, at=now())
    )
    db.session.commit()
    assert use(client, link, password=NEW) == 303
    assert is_signed_in(client)
    assert operations.authenticate(person.email, NEW) is not None


def test_who_has_a_password_just_signs_in_by_the_link(app: Flask, client: FlaskClient) -> None:
    person = with_password(Role.ADMIN)
    link = one_time.address(
        "", TokenPurpose.SIGN_IN, one_time.issue(TokenPurpose.SIGN_IN, person, at=now())
    )
    db.session.commit()
    assert use(client, link) == 303
    assert is_signed_in(client)
    assert passwords.verify(db.session.get_one(Person, person.id).password_hash, PASSWORD)


def test_a_link_of_somebody_switched_off_opens_nothing(app: Flask, client: FlaskClient) -> None:
    person, admin = make_person(Role.REP), make_person(Role.ADMIN)
    token = one_time.issue(TokenPurpose.SIGN_IN, person, at=now())
    operations.switch_off(person, by=admin)
    db.session.commit()
    assert client.get(one_time.address("", TokenPurpose.SIGN_IN, token)).status_code == 404
