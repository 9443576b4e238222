"""Single sign-on: whom a provider may let in, and each lie that must not.

The provider is real (identity_provider.py); only it is asked over HTTP, as by our users.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey, RSAKey
from werkzeug.test import TestResponse

from collateral import create_app
from collateral.accounts import operations
from collateral.accounts import provider as way
from collateral.accounts.models import AuditEntry, Identity, Person, Role, SignInAttempt
from collateral.clock import hold, later, now
from collateral.config import Settings
from collateral.config_rules import IdentityProvider
from collateral.db import db
from tests.accounts.identity_provider import CLIENT, SECRET, Provider, Spoil, running
from tests.accounts.people import is_signed_in, sign_in, with_password
from tests.accounts.test_rules import ELSEWHERE
from tests.conftest import COMPILED_TEMPLATES
from tests.factories import make_person
from tests.support import Browser, Visitor

BEGIN, ANSWER = "/sign-in/single-sign-on", "/sign-in/single-sign-on/answer"
EMAIL = "maja.brandt@kelvane.example"
OTHER_KEY = ECKey.generate_key("P-256", {"kid": "another"})
ANOTHER = RSAKey.generate_key(2048, {"kid": "first"})


@pytest.fixture(scope="module")
def _provider() -> Iterator[Provider]:
    with running(RSAKey.generate_key(2048, {"kid": "first"})) as provider:
        yield provider


@pytest.fixture
def provider(_provider: Provider) -> Iterator[Provider]:
    """As honest as on its first day."""
    way._ready.clear()
    way._away.clear()
    fresh = Provider(_provider.key, _provider.issuer)
    kept = dict(vars(_provider))
    vars(_provider).update(vars(fresh))
    _provider.is_("sub-1", EMAIL, True)
    yield _provider
    vars(_provider).update(kept)


@pytest.fixture
def app(settings: Settings, provider: Provider) -> Iterator[Flask]:
    known = IdentityProvider(provider.issuer, CLIENT, SECRET, "Kelvane ID")
    app = create_app(replace(settings, identity_provider=known))
    app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def begin(client: FlaskClient, next: str = "") -> str:
    """Press the button; where the provider sends the browser back to."""
    gone = client.get(BEGIN, query_string={"next": next} if next else {})
    assert gone.status_code == 302, gone.text
    back = requests.get(gone.location, allow_redirects=False, timeout=5)
    return back.headers["Location"].removeprefix("http://localhost")


def come_in(client: FlaskClient, next: str = "") -> TestResponse:
    return client.get(begin(client, next))


def entries(action: str) -> list[AuditEntry]:
    return db.session.query(AuditEntry).filter_by(action=action).order_by(AuditEntry.id).all()


def whys() -> list[str]:
    return [entry.detail["why"] for entry in entries("person.sign_in_refused")]


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


def _changed(**claims: Any) -> Spoil:
    def spoil(_provider: Provider, said: dict[str, Any]) -> None:
        said.update({name: value() if callable(value) else value for name, value in claims.items()})

    return spoil


def _without(*names: str) -> Spoil:
    def spoil(_provider: Provider, said: dict[str, Any]) -> None:
        for name in names:
            del said[name]

    return spoil


def _part(said: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


def _unsigned(_provider: Provider, said: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none'})}.{_part(said)}."


def _by_the_public_key(provider: Provider, said: dict[str, Any]) -> str:
    words = f"{_part({'alg': 'HS256', 'kid': provider.key.kid})}.{_part(said)}"
    public = provider.key.as_pem(private=False)
    mac = hmac.digest(public, words.encode(), hashlib.sha256)
    return f"{words}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _by_the_secret(provider: Provider, said: dict[str, Any]) -> str:
    words = f"{_part({'alg': 'HS256'})}.{_part(said)}"
    mac = hmac.digest(SECRET.encode(), words.encode(), hashlib.sha256)
    return f"{words}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _by_another_key(provider: Provider, said: dict[str, Any]) -> str:
    return provider.signed(said, ANOTHER)


def _with_its_own_key(_provider: Provider, said: dict[str, Any]) -> str:
    from joserfc import jwt

    header = {"alg": "ES256", "jwk": OTHER_KEY.as_dict(private=False)}
    return jwt.encode(header, said, OTHER_KEY, algorithms=["ES256"])


def _replayed(provider: Provider, _said: dict[str, Any]) -> str:
    return provider.tokens[0]


LIES: dict[str, tuple[Spoil, str]] = {
    "wrong signature": (_by_another_key, "bad_signature"),
    "no signature": (_unsigned, "unsupported_algorithm"),
    "signed with the public key": (_by_the_public_key, "unsupported_algorithm"),
    "signed with our secret": (_by_the_secret, "unsupported_algorithm"),
    "brings its own key": (_with_its_own_key, ""),
    "another issuer": (_changed(iss="https://login.example.com"), "invalid_claim iss"),
    "for another client": (_changed(aud="another"), "invalid_claim aud"),
    "for others but us": (_changed(aud=["another", "third"]), "invalid_claim aud"),
    "expired": (_changed(exp=lambda: time.time() - 61), "expired_token exp"),
    "not yet": (_changed(nbf=lambda: time.time() + 120), "invalid_claim nbf"),
    "issued in the future": (_changed(iat=lambda: time.time() + 120), "invalid_claim iat"),
    "another nonce": (_changed(nonce="another"), "invalid_claim nonce"),
    "no nonce": (_without("nonce"), "missing_claim nonce"),
    "an earlier token": (_replayed, "invalid_claim nonce"),
    "nobody": (_without("sub"), "missing_claim sub"),
    "an empty subject": (_changed(sub=""), "invalid_claim sub"),
    "a subject with a null": (_changed(sub="sub-1\0"), "invalid_claim sub"),
    "made for another": (_changed(azp="another"), "invalid_claim azp"),
    "for two, made for nobody": (_changed(aud=[CLIENT, "another"]), "missing_claim azp"),
    "no end": (_without("exp"), "missing_claim exp"),
    "no token at all": (lambda _provider, _said: "", "no id_token"),
    "no token but words": (lambda _provider, _said: "a.b.c", ""),
}


def test_t12_each_false_token_is_refused_and_stands_in_the_trail(
    app: Flask, provider: Provider
) -> None:
    make_person(Role.REP, email=EMAIL)
    assert come_in(app.test_client()).status_code == 303  # she is known; the first token is good
    for number, (lie, (spoil, reason)) in enumerate(LIES.items(), start=1):
        provider.spoil = spoil
        client = app.test_client()
        answer = come_in(client)
        assert answer.status_code == 400, lie
        assert "Kelvane ID did not confirm who you are." in answer.text, lie
        assert not is_signed_in(client), lie
        assert len(whys()) == number, lie
        assert reason in whys()[-1], lie
    assert len(entries("person.signed_in")) == 1


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
    provider.key = OTHER_KEY
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
