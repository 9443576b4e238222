"""What each person sets for herself: her profile and the theme."""

from __future__ import annotations

import pytest

from collateral.accounts.models import Person, Role
from collateral.db import db
from tests.factories import make_person
from tests.support import Visitor, assert_labels_lead_to_fields


def test_t28_a_profile_takes_no_more_than_its_fields(visitor: Visitor) -> None:
    person = make_person(Role.REP)
    data = {
        "name": "Maja",
        "time_zone": "Europe/Berlin",
        "locale": "de",
        "theme": "dark",
        "roles": "admin",
        "role_rows-0-role": "admin",
        "email": "other@example.com",
        "active": "",
        "password_hash": "x",
        "id": "999",
    }
    assert visitor.as_(person).post("/profile", data=data).status_code == 303
    kept = db.session.get_one(Person, person.id)
    assert (kept.name, kept.time_zone, kept.locale, kept.theme) == (
        "Maja",
        "Europe/Berlin",
        "de",
        "dark",
    )
    assert (kept.email, kept.roles, kept.active) == (person.email, {Role.REP}, True)
    assert kept.password_hash is None


@pytest.mark.parametrize(
    "change", [{"time_zone": "Mars/Olympus"}, {"locale": "xx"}, {"theme": "pink"}, {"name": " "}]
)
def test_a_profile_that_makes_no_sense_is_refused(visitor: Visitor, change: dict[str, str]) -> None:
    person = make_person(Role.REP)
    data = {"name": "Maja", "time_zone": "UTC", "locale": "en", "theme": "dark", **change}
    assert visitor.as_(person).post("/profile", data=data).status_code == 400


def test_the_theme_is_kept_from_the_menu(visitor: Visitor) -> None:
    person = make_person(Role.REP)
    client = visitor.as_(person)
    there = {"Referer": "http://localhost/search?q=x"}
    answer = client.post("/profile/theme", data={"theme": "dark"}, headers=there)
    assert answer.location == "/search?q=x"
    by_script = {"Accept": "application/json"}
    answer = client.post("/profile/theme", data={"theme": "light"}, headers=by_script)
    assert answer.status_code == 204
    assert db.session.get_one(Person, person.id).theme == "light"


def test_t14_the_theme_leads_to_no_foreign_page(visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.REP))
    for referrer in ("https://evil.example/x", "http://localhost.evil.example/x", "//evil.example"):
        answer = client.post(
            "/profile/theme", data={"theme": "dark"}, headers={"Referer": referrer}
        )
        assert answer.location == "/profile"


def test_each_label_of_the_profile_leads_to_its_own_field(visitor: Visitor) -> None:
    page = visitor.as_(make_person(Role.REP)).get("/profile").text
    assert_labels_lead_to_fields(page)
