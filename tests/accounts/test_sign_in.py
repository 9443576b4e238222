"""Signing in: who gets in, who waits, and what nobody learns on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collateral import create_app
from collateral.accounts import throttle
from collateral.accounts.models import AuditEntry, KnownDevice, Person, Role, SignInAttempt
from collateral.clock import hold, later, now
from collateral.config import Settings
from collateral.db import db
from tests.accounts.people import PASSWORD, csrf_of, is_signed_in, sign_in, with_password
from tests.accounts.test_rules import ELSEWHERE
from tests.factories import make_person
from tests.support import Browser


def attack(app: Flask, email: str, tries: int, *, address: str = "198.51.100.9") -> int:
    """Guess as fast as it goes; the status of the last answer."""
    status = 0
    for _ in range(tries):
        status = sign_in(app.test_client(), email, "not the password", address=address).status_code
    return status


def test_the_right_password_lets_in_and_leads_on(client: FlaskClient) -> None:
    person = with_password(Role.ADMIN)
    answer = sign_in(client, person.email.upper(), next="/search?q=predict")
    assert (answer.status_code, answer.location) == (303, "/search?q=predict")
    assert is_signed_in(client)
    entry = db.session.query(AuditEntry).one()
    assert (entry.action, entry.actor_id) == ("person.signed_in", person.id)


def test_who_is_not_signed_in_comes_back_to_the_page_after_it(client: FlaskClient) -> None:
    person = with_password(Role.ADMIN)
    asked = client.get("/profile?x=1")
    assert asked.status_code == 302
    assert 'value="/profile?x=1"' in client.get(asked.location).text
    assert sign_in(client, person.email, next="/profile?x=1").location == "/profile?x=1"


@pytest.mark.parametrize("target", [t for t in ELSEWHERE if t][::3])
def test_t14_no_sign_in_leads_away(client: FlaskClient, target: str) -> None:
    person = with_password(Role.ADMIN)
    assert sign_in(client, person.email, next=target).location == "/"


def test_t11_every_wrong_sign_in_gets_the_same_answer(app: Flask) -> None:
    known = with_password(Role.ADMIN, email="known@example.com")
    off = with_password(Role.REP, email="off@example.com")
    off.active = False
    make_person(Role.REP, email="unset@example.com")
    db.session.commit()
    answers = set()
    for email, password in (
        (known.email, "not the password"),
        ("nobody@example.com", PASSWORD),
        (off.email, PASSWORD),
        ("unset@example.com", PASSWORD),
        ("nul\x00@example.com", PASSWORD),
        (known.email, "p" * 5000),
    ):
        answer = sign_in(app.test_client(), email, password)
        sentence = "E-mail and password do not match." in answer.text
        answers.add((answer.status_code, sentence, len(answer.headers.getlist("Set-Cookie"))))
    assert answers == {(400, True, 0)}


def test_t10_guessing_is_slowed_down_and_says_for_how_long(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    with hold(now()):
        assert attack(app, person.email, 5) == 400
        answer = sign_in(app.test_client(), person.email, address="198.51.100.9")
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "1"
        assert "Too many tries" in answer.text
    with later(timedelta(seconds=2)):
        answer = sign_in(app.test_client(), person.email, address="198.51.100.9")
        assert answer.status_code == 303


def test_t10_waiting_tries_do_not_lengthen_the_wait(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    with hold(now()):
        attack(app, person.email, 5)
        attack(app, person.email, 10)
        assert db.session.query(SignInAttempt).count() == 5


def test_t10_the_victim_signs_in_from_elsewhere_during_the_attack(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    with hold(now()):
        assert attack(app, person.email, 7) == 429
        assert sign_in(app.test_client(), person.email, address="192.0.2.7").status_code == 303


def test_t10_the_victim_signs_in_on_a_known_device_in_the_attacked_network(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    mine = app.test_client()
    with hold(now()):
        assert sign_in(mine, person.email, address="198.51.100.9").status_code == 303
        mine.post("/sign-out", data={"csrf_token": csrf_of(mine, "/profile")})
        assert not is_signed_in(mine)
        assert attack(app, person.email, 7) == 429
        assert sign_in(mine, person.email, address="198.51.100.9").status_code == 303
    assert db.session.query(KnownDevice).count() == 1


def test_t10_a_device_is_known_for_its_own_person_alone(app: Flask) -> None:
    victim, attacker = with_password(Role.ADMIN), with_password(Role.REP)
    browser = app.test_client()
    with hold(now()):
        assert sign_in(browser, attacker.email).status_code == 303
        browser.post("/sign-out", data={"csrf_token": csrf_of(browser, "/profile")})
        for _ in range(5):
            assert sign_in(browser, victim.email, "not the password").status_code == 400
        assert sign_in(browser, victim.email, "not the password").status_code == 429


def test_t10_guesses_on_a_known_device_are_slowed_down_too(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    stolen = app.test_client()
    with hold(now()):
        sign_in(stolen, person.email)
        stolen.post("/sign-out", data={"csrf_token": csrf_of(stolen, "/profile")})
        for number in range(5):
            answer = sign_in(stolen, person.email, "not the password", address=f"192.0.2.{number}")
            assert answer.status_code == 400
        assert sign_in(stolen, person.email, address="192.0.2.99").status_code == 429


def test_t10_rotating_through_one_ipv6_network_helps_nobody(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    with hold(now()):
        for number in range(5):
            attack(app, person.email, 1, address=f"2001:db8:1:2::{number}")
        assert attack(app, person.email, 1, address="2001:db8:1:2:ffff::1") == 429
        assert attack(app, person.email, 1, address="2001:db8:1:3::1") == 400


def test_t10_spraying_many_accounts_from_one_network_is_slowed_down(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    moment = now()
    for _ in range(30):
        db.session.add(SignInAttempt(at=moment, account="x", network="sign_in/198.51.100.9"))
    db.session.commit()
    with hold(moment):
        assert attack(app, person.email, 1) == 429
        assert sign_in(app.test_client(), person.email, address="192.0.2.7").status_code == 303


def test_t10_a_forged_forwarded_address_is_ignored_without_proxies(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    with hold(now()):
        for number in range(5):
            forged = {"X-Forwarded-For": f"203.0.113.{number}"}
            sign_in(app.test_client(), person.email, "not the password", **forged)
        forged = {"X-Forwarded-For": "203.0.113.99"}
        assert sign_in(app.test_client(), person.email, **forged).status_code == 429


def test_t10_behind_one_proxy_only_what_that_proxy_says_counts(settings: Settings) -> None:
    from dataclasses import replace

    app = create_app(replace(settings, proxies=1))
    app.test_client_class = Browser
    with app.app_context():
        person = with_password(Role.ADMIN)
        with hold(now()):
            for number in range(5):
                # What the attacker wrote himself stands before what the proxy added.
                told = {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.9"}
                sign_in(app.test_client(), person.email, "not the password", **told)
            told = {"X-Forwarded-For": "203.0.113.99, 198.51.100.9"}
            assert sign_in(app.test_client(), person.email, **told).status_code == 429
            told = {"X-Forwarded-For": "192.0.2.7"}
            assert sign_in(app.test_client(), person.email, **told).status_code == 303
        db.session.remove()
        db.engine.dispose()


def test_a_success_forgets_the_failures_before_it(app: Flask) -> None:
    person = with_password(Role.ADMIN)
    attack(app, person.email, 2, address="192.0.2.7")
    sign_in(app.test_client(), person.email, address="192.0.2.7")
    assert db.session.query(SignInAttempt).count() == 0


def test_t10_the_tries_do_not_tell_which_accounts_were_tried(app: Flask) -> None:
    with_password(Role.ADMIN)
    sign_in(app.test_client(), "somebody@example.com", "not the password")
    kept = db.session.query(SignInAttempt).one()
    assert "somebody" not in kept.account
    assert len(kept.account) == 64


def test_t09_the_cookies_are_for_this_host_and_https_alone(settings: Settings) -> None:
    from dataclasses import replace

    app = create_app(replace(settings, base_url="https://collateral.example.com"))
    app.test_client_class = Browser
    with app.app_context():
        person = with_password(Role.ADMIN)
        client = app.test_client()
        options = {"base_url": "https://collateral.example.com"}
        data = {
            "email": person.email,
            "password": PASSWORD,
            "csrf_token": csrf_of(client, **options),
        }
        answer = client.post(
            "/sign-in", data=data, headers={"Referer": "https://collateral.example.com/"}, **options
        )
        cookies = answer.headers.getlist("Set-Cookie")
        assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-session", "__Host-device"}
        for cookie in cookies:
            parts = {part.strip().lower() for part in cookie.split(";")}
            assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
            assert not any(part.startswith("domain") for part in parts)
        db.session.remove()
        db.engine.dispose()


def test_last_seen_is_noted(client: FlaskClient) -> None:
    person = with_password(Role.ADMIN)
    with hold(now()):
        sign_in(client, person.email)
        assert db.session.get_one(Person, person.id).last_seen_at == now()


@pytest.mark.parametrize("path", ["/sign-in", "/forgot"])
def test_asking_for_the_head_of_a_page_is_no_mistake(client: FlaskClient, path: str) -> None:
    make_person(Role.ADMIN)
    assert client.head(path).status_code == 200


def test_signing_in_twice_at_once_lets_in_twice(app: Flask) -> None:
    with app.app_context():
        tries = [
            throttle.begin(
                throttle.Attempted.SIGN_IN,
                "mara@example.com",
                address="198.51.100.9",
                device=None,
                secret="x",
                at=now(),
            )
            for _ in range(2)
        ]
        db.session.commit()
        for attempt in tries:
            throttle.forgive(attempt)
            db.session.commit()
        assert db.session.query(SignInAttempt).count() == 0
