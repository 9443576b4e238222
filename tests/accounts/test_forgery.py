"""Writes that come from another page, or under another name, do not come at all."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collateral.accounts.forgery import SAFE
from collateral.accounts.guard import TOKEN, permission_of
from collateral.accounts.models import Role
from tests.accounts.people import csrf_of, is_signed_in, mails, with_password
from tests.accounts.routes import address_of
from tests.factories import make_person
from tests.support import Visitor

pytestmark = pytest.mark.either


def writes(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and address of everything that changes something at a browser's wish."""
    for rule in app.url_map.iter_rules():
        if permission_of(rule.endpoint) == TOKEN:
            continue
        for method in sorted((rule.methods or set()) - SAFE):
            yield method, address_of(app, rule)


def test_t06_every_write_without_the_token_is_refused(app: Flask, visitor: Visitor) -> None:
    client = visitor.as_(make_person(*Role))
    client.csrf = ""  # type: ignore[attr-defined]
    walked = list(writes(app))
    let_in = [
        (method, path)
        for method, path in walked
        if client.open(path, method=method).status_code != 403
    ]
    assert len(walked) > 15
    assert not let_in


def test_t06_every_write_from_a_foreign_page_is_refused(app: Flask, visitor: Visitor) -> None:
    client = visitor.as_(make_person(*Role))
    let_in = [
        (method, path, told)
        for method, path in writes(app)
        for told in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"})
        if client.open(path, method=method, headers=told).status_code != 403
    ]
    assert not let_in
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:1"},
        {"Origin": "localhost"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_t06_what_a_browser_says_of_a_foreign_page(
    visitor: Visitor, headers: dict[str, str]
) -> None:
    client = visitor.as_(make_person(Role.REP))
    answer = client.post("/profile/theme", data={"theme": "dark"}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_what_a_browser_says_of_our_own_page(visitor: Visitor, headers: dict[str, str]) -> None:
    client = visitor.as_(make_person(Role.REP))
    answer = client.post("/profile/theme", data={"theme": "dark"}, headers=headers)
    assert answer.status_code == 303


def test_t06_json_as_plain_text_is_a_write_like_any_other(visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.REP))
    client.csrf = ""  # type: ignore[attr-defined]
    answer = client.post("/profile/theme", data='{"theme": "dark"}', content_type="text/plain")
    assert answer.status_code == 403


def test_t06_nobody_is_signed_in_by_a_foreign_form(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    client = app.test_client()
    data = {"email": person.email, "password": "a seldom used phrase"}
    assert client.post("/sign-in", data=data).status_code == 403
    data["csrf_token"] = csrf_of(app.test_client())  # another browser's
    client.get("/sign-in")
    assert client.post("/sign-in", data=data).status_code == 403
    assert not is_signed_in(client)


def test_t06_a_body_is_not_read_for_a_browser_that_never_saw_a_page(client: FlaskClient) -> None:
    class Body(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise AssertionError("the body was read")

    answer = client.post(
        "/forgot",
        input_stream=Body(b"--x\r\n" * 1000),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 403


def test_t13_another_host_name_is_refused(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    for path in ("/", "/sign-in", "/healthz", "/static/favicon.svg"):
        answer = app.test_client().get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 400, path
        assert "//evil.example" not in answer.text
    client = app.test_client()
    data = {"email": person.email, "csrf_token": csrf_of(client, "/forgot")}
    assert client.post("/forgot", data=data, headers={"Host": "evil.example"}).status_code == 400
    assert mails(app) == []


def test_t13_a_mail_names_the_configured_address_alone(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    client = app.test_client()
    data = {"email": person.email, "csrf_token": csrf_of(client, "/forgot")}
    forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    assert client.post("/forgot", data=data, headers=forged).status_code == 200
    (mail,) = mails(app)
    assert "http://localhost/reset/" in mail
    assert "evil" not in mail
