"""The first start."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collateral.accounts import setup_token
from collateral.accounts.models import AuditEntry, Person, Role
from collateral.clock import later
from collateral.db import db
from tests.accounts.people import PASSWORD, csrf_of, is_signed_in, link_in
from tests.factories import make_person

ANSWERS = {"name": "Karim Aziz", "email": "karim@kelvane.example", "password": PASSWORD}


def printed_link(app: Flask, capsys: pytest.CaptureFixture[str]) -> str:
    setup_token.announce(app)
    return link_in(capsys.readouterr().out)


@pytest.mark.parametrize("path", ["/profile", "/admin/people", "/sign-in", "/setup"])
def test_without_an_admin_pages_lead_to_the_set_up(client: FlaskClient, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert answer.request.path == "/setup"
    assert "no admin yet" in answer.text


def test_the_printed_address_makes_the_first_admin(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    link = printed_link(app, capsys)
    assert client.get(link).status_code == 200
    answer = client.post(link, data={"csrf_token": csrf_of(client, link), **ANSWERS})
    assert answer.status_code == 303
    assert is_signed_in(client)
    person = db.session.query(Person).one()
    assert (person.email, person.roles) == (ANSWERS["email"], {Role.ADMIN})
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["person.added", "person.signed_in"]


def test_whoever_set_up_in_german_reads_on_in_german(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    link = printed_link(app, capsys)
    data = {"csrf_token": csrf_of(client, link), **ANSWERS}
    client.post(link, data=data, headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert db.session.query(Person).one().locale == "de"
    assert '<html lang="de"' in client.get("/", headers={"Accept-Language": "en"}).text


def test_t39_the_set_up_works_once(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = printed_link(app, capsys), printed_link(app, capsys)
    client.post(first, data={"csrf_token": csrf_of(client, first), **ANSWERS})
    other = app.test_client()
    for link in (first, second):
        assert other.get(link).status_code == 404
        data = {"csrf_token": csrf_of(other), **ANSWERS, "email": "x@kelvane.example"}
        assert other.post(link, data=data).status_code == 404
    assert db.session.query(Person).count() == 1


def test_t39_nobody_sets_up_without_the_printed_token(client: FlaskClient) -> None:
    data = {"csrf_token": csrf_of(client, "/setup"), **ANSWERS}
    for link in ("/setup/x", "/setup/" + "a" * 43):
        assert client.post(link, data=data).status_code == 404
    assert client.post("/setup", data=data).status_code == 405
    assert db.session.query(Person).count() == 0


def test_the_token_holds_for_a_day(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    link = printed_link(app, capsys)
    with later(timedelta(hours=25)):
        assert client.get(link).status_code == 404


def test_answers_that_are_refused_are_kept_and_the_link_works_on(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    link = printed_link(app, capsys)
    data = {"csrf_token": csrf_of(client, link), **ANSWERS, "password": "short"}
    answer = client.post(link, data=data)
    assert answer.status_code == 400
    assert "at least 10 characters" in answer.text
    assert "karim@kelvane.example" in answer.text
    assert client.post(link, data={**data, "password": PASSWORD}).status_code == 303


def test_with_an_admin_nothing_is_printed(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    make_person(Role.ADMIN)
    setup_token.announce(app)
    assert capsys.readouterr().out == ""


def test_with_an_admin_the_set_up_page_leads_to_sign_in(client: FlaskClient) -> None:
    make_person(Role.ADMIN)
    assert client.get("/setup").location == "/sign-in"
