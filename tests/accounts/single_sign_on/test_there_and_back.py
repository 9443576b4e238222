"""The way to the provider and back: what is kept, what is good once, and who is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey

from collateral.accounts import provider as way
from collateral.accounts.models import Role, SignInAttempt
from collateral.clock import hold, later, now
from collateral.db import db
from tests.accounts.people import is_signed_in, sign_in, with_password
from tests.accounts.single_sign_on.coming_in import ANSWER, BEGIN, EMAIL, begin, come_in, whys
from tests.accounts.single_sign_on.identity_provider import SECRET, Provider
from tests.accounts.test_rules import ELSEWHERE
from tests.factories import make_person
from tests.support import Visitor

# Who comes in is written down by test_people_known.py, on both databases.
pytestmark = pytest.mark.either


def test_t12_an_answer_is_good_once_and_for_the_browser_that_began(app: Flask) -> None:
    make_person(Role.REP, email=EMAIL)
    mine, thine = app.test_client(), app.test_client()
    answer = begin(mine)
    begin(thine)
    assert thine.get(answer).status_code == 400  # of another browser: forged sign-in
    assert not is_signed_in(thine)
    kept = mine.get_cookie("session")
    assert kept is not None
    assert mine.get(answer).status_code == 303
    assert mine.get(answer).status_code == 400
    mine.set_cookie("session", kept.value)  # even to who kept the cookie: the code is used up
    assert mine.get(answer).status_code == 400
    assert mine.get(ANSWER).status_code == 400
    assert whys() == ["state", "state", "code: invalid_grant", "state"]


def test_t12_an_answer_is_taken_for_ten_minutes(client: FlaskClient) -> None:
    make_person(Role.REP, email=EMAIL)
    answer = begin(client)
    with later(timedelta(minutes=10, seconds=1)):
        assert client.get(answer).status_code == 400
    assert whys() == ["state"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("iss=http", "iss=https"), "iss of another provider"),
        (("&iss=", "&left="), "iss of another provider"),
        (("code=", "error=access_denied&left="), "provider: access_denied"),
        (("code=", "left="), "no code"),
    ],
)
def test_t12_an_answer_of_another_provider_or_without_a_code_is_refused(
    client: FlaskClient, provider: Provider, change: tuple[str, str], reason: str
) -> None:
    make_person(Role.REP, email=EMAIL)
    answer = begin(client)
    assert change[0] in answer
    assert client.get(answer.replace(*change)).status_code == 400
    assert whys() == [reason]
    assert len(provider.codes) == 1  # it was not even shown the code
    assert client.get(answer).status_code == 400  # and there is no second try


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://login.example.com"},
        {"token_endpoint": "ftp://127.0.0.1/token"},
        {"jwks_uri": None},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
    ],
)
def test_t12_a_provider_that_is_not_what_was_named_is_not_used(
    client: FlaskClient, provider: Provider, metadata: dict[str, Any]
) -> None:
    make_person(Role.REP, email=EMAIL)
    provider.metadata = metadata
    answer = client.get(BEGIN)
    assert answer.status_code == 503
    assert "Kelvane ID cannot be reached just now." in answer.text


def test_a_provider_that_is_away_leaves_the_password(app: Flask, provider: Provider) -> None:
    person = with_password(Role.ADMIN, email=EMAIL)
    client = app.test_client()
    answer = begin(client, "/profile")
    provider.away = True
    told = client.get(answer)
    assert told.status_code == 503
    assert "cannot be reached just now" in told.text
    assert 'name="next" type="hidden" value="/profile"' in told.text
    way._ready.clear()
    way._away.clear()
    asked = len(provider.calls)
    assert [client.get(BEGIN).status_code for _ in range(3)] == [503, 503, 503]
    assert len(provider.calls) == asked + 1  # nobody waits for it in a row
    assert sign_in(client, person.email).status_code == 303
    assert db.session.query(SignInAttempt).count() == 0


def test_new_keys_of_the_provider_are_fetched(app: Flask, provider: Provider) -> None:
    make_person(Role.REP, email=EMAIL)
    assert come_in(app.test_client()).status_code == 303
    provider.key = ECKey.generate_key("P-256", {"kid": "second"})
    assert come_in(app.test_client()).status_code == 303
    asked = provider.calls.count("/jwks")
    assert come_in(app.test_client()).status_code == 303
    assert provider.calls.count("/jwks") == asked == 2


def test_t10_guessing_answers_is_slowed_down(app: Flask) -> None:
    make_person(Role.REP, email=EMAIL)
    moment = now()
    for _ in range(30):
        db.session.add(SignInAttempt(at=moment, account="x", network="single_sign_on/127.0.0.1"))
    db.session.commit()
    client = app.test_client()
    with hold(moment):
        answer = client.get(begin(client))
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"
    assert whys() == []


@pytest.mark.parametrize("target", [*(t for t in ELSEWHERE if t), "/" + "x" * 601][::4])
def test_t14_single_sign_on_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    make_person(Role.REP, email=EMAIL)
    assert come_in(client, target).location == "/"


def test_a_browser_keeps_only_the_last_few_that_it_began(client: FlaskClient) -> None:
    make_person(Role.REP, email=EMAIL)
    answers = [begin(client, "/" + "x" * 599) for _ in range(5)]
    with client.session_transaction() as kept:
        assert len(kept["single_sign_on"]) == 3
    assert client.get(answers[0]).status_code == 400
    assert client.get(answers[2]).status_code == 303


def test_who_is_signed_in_is_led_on(app: Flask, provider: Provider) -> None:
    client = Visitor(app).as_(make_person(Role.REP))
    assert client.get(BEGIN, query_string={"next": "/library"}).location == "/library"
    assert provider.calls == []


def test_the_pages_show_the_button_and_what_to_tell_the_provider(app: Flask) -> None:
    admin = make_person(Role.ADMIN)
    page = app.test_client().get("/sign-in?next=/library").text
    assert "Sign in with Kelvane ID" in page
    assert f'href="{BEGIN}?next=/library"' in page
    told = Visitor(app).as_(admin).get("/admin/connections").text
    assert "http://localhost" + ANSWER in told
    assert SECRET not in told


def test_without_a_provider_there_is_no_such_thing(bare_app: Flask) -> None:
    with bare_app.app_context():
        admin = make_person(Role.ADMIN)
        client = bare_app.test_client()
        assert [client.get(path).status_code for path in (BEGIN, ANSWER)] == [404, 404]
        assert "single-sign-on" not in client.get("/sign-in").text
        told = Visitor(bare_app).as_(admin).get("/admin/connections").text
        assert "Not configured" in told
        assert "http://localhost" + ANSWER in told
