"""How passwords are chosen and kept."""

from __future__ import annotations

import statistics
import time

import pytest
from argon2 import PasswordHasher, extract_parameters
from flask import Flask

from collateral.accounts import operations, passwords
from collateral.accounts.models import Person
from collateral.db import db
from tests.accounts.people import PASSWORD, with_password
from tests.conftest import REAL_HASHER

pytestmark = pytest.mark.either


@pytest.fixture(autouse=True)
def the_real_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", REAL_HASHER)


def test_t11_a_hash_takes_64_mebibytes_and_three_passes() -> None:
    found = extract_parameters(passwords.hash_password(PASSWORD))
    assert (found.type.name, found.memory_cost, found.time_cost) == ("ID", 64 * 1024, 3)


def test_t11_an_unknown_account_is_compared_with_a_hash_of_the_same_cost() -> None:
    assert not passwords.needs_rehash(passwords.DUMMY_HASH)
    assert not passwords.verify(None, PASSWORD)


def test_t11_unknown_and_known_accounts_take_alike(app: Flask) -> None:
    email = with_password().email

    def taken(address: str) -> float:
        started = time.perf_counter()
        operations.authenticate(address, "another phrase")
        return time.perf_counter() - started

    known = statistics.median(taken(email) for _ in range(5))
    unknown = statistics.median(taken("nobody@example.com") for _ in range(5))
    # Coarse: without the comparison in vain it is a hundred times less.
    assert unknown > known / 5


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "at least 10"),
        ("x" * 9 + "y" * 120, "at most 128"),
        ("Qwertyuiop", "attackers try first"),
        ("1QAZ2WSX3edc", "attackers try first"),
        ("ababababababab", "different characters"),
        ("maja.brandt@kelvane.example1", "too close"),
        ("Maja Brandt!", "too close"),
    ],
)
def test_t11_weak_passwords_are_refused_with_the_reason(password: str, why: str) -> None:
    problem = passwords.problem(password, email="maja.brandt@kelvane.example", name="Maja Brandt")
    assert why in (problem or "")


@pytest.mark.parametrize("password", [PASSWORD, "пароль из слов", "x1y2z3a4b5", "q" * 60 + "wert"])
def test_other_passwords_are_taken(password: str) -> None:
    assert passwords.problem(password, email="maja@kelvane.example", name="Maja") is None


def test_the_list_of_common_passwords_is_there() -> None:
    assert len(passwords.common()) > 1500
    assert all(len(word) >= passwords.MIN_LENGTH for word in passwords.common())


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    stored = passwords.hash_password("Müller geht heim")
    assert passwords.verify(stored, "Mu\u0308ller geht heim")


def test_t11_a_very_long_password_is_no_match_and_no_burden() -> None:
    stored = passwords.hash_password("a" * 128)
    assert passwords.verify(stored, "a" * 128)
    assert not passwords.verify(stored, "a" * 1_000_000)


def test_t11_a_hash_of_older_parameters_is_made_anew_at_sign_in(app: Flask) -> None:
    person = with_password()
    person.password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    db.session.commit()
    assert operations.authenticate(person.email, PASSWORD) is person
    db.session.commit()
    stored = db.session.get_one(Person, person.id).password_hash
    assert stored is not None
    assert not passwords.needs_rehash(stored)
    assert passwords.verify(stored, PASSWORD)
