"""A young library teaches by doing."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from collateral.accounts.models import Role
from collateral.assets import starter
from collateral.assets.models import Status, Vocabulary
from collateral.assets.queries import terms_by_vocabulary
from collateral.db import db
from collateral.deals.models import Deal
from collateral.home.beginning import YOUNG, begun, first_steps
from tests.factories import make_asset, make_person
from tests.support import Visitor, counted_queries


def done(page: str) -> int:
    return page.count('class="first__done"')


def test_steps_are_ticked_off_as_they_are_done(app: Flask, visitor: Visitor) -> None:
    admin = make_person(Role.ADMIN)
    browser = visitor.as_(admin)
    page = browser.get("/").text
    assert "Drop your first file here" in page
    assert "Add the sample library" in page
    assert done(page) == 0
    make_asset(owner=admin, status=Status.DRAFT)
    assert done(browser.get("/").text) == 1
    assert "Drop your first file here" not in browser.get("/").text
    browser.post("/admin/vocabularies/begin")
    db.session.add(Deal(external_id="1", name="Hollis", owner_email=admin.email))
    db.session.commit()
    assert done(browser.get("/").text) == 3
    make_person(Role.REP)
    assert "First steps" not in browser.get("/").text


def test_who_begins_nothing_is_taught_nothing(app: Flask, visitor: Visitor) -> None:
    make_person(Role.ADMIN)
    assert "First steps" not in visitor.as_(make_person(Role.REP)).get("/").text
    marketer = visitor.as_(make_person(Role.MARKETER)).get("/").text
    assert "Drop your first file here" in marketer
    assert "Invite your colleagues" not in marketer
    assert "sample library" not in marketer


def test_the_sample_is_no_step_and_a_grown_library_is_left_alone(app: Flask) -> None:
    admin = make_person(Role.ADMIN)
    make_asset(owner=admin).sample = True
    db.session.commit()
    assert begun().assets == 0
    assert begun().sample
    for number in range(YOUNG + 3):
        make_asset(f"Asset {number}", owner=admin)
    with counted_queries(app) as seen:
        assert begun().assets == YOUNG
    assert len(seen) == 1
    assert first_steps(admin) is None


def test_the_usual_words_fill_what_is_empty_alone(app: Flask, visitor: Visitor) -> None:
    admin = visitor.as_(make_person(Role.ADMIN, name="Karim"))
    page = admin.get("/admin/vocabularies").text
    assert "Add the usual words" in page
    admin.post("/admin/vocabularies/terms", data={"vocabulary": "type", "label": "Our deck"})
    admin.post("/admin/vocabularies/begin", data={"vocabulary": "stage"})
    terms = terms_by_vocabulary()
    assert [term.label for term in terms[Vocabulary.TYPE]] == ["Our deck"]
    assert [term.slug for term in terms[Vocabulary.STAGE]][:2] == ["discovery", "qualification"]
    assert [term.slug for term in terms[Vocabulary.LANGUAGE]][:2] == ["en", "de"]
    assert terms[Vocabulary.PRODUCT] == []
    assert starter.missing() == 0
    assert "Add the usual words" not in admin.get("/admin/vocabularies").text


def test_the_set_up_begins_with_what_was_ticked(
    app: Flask, client: FlaskClient, capsys: object
) -> None:
    from collateral.accounts import setup_token
    from tests.accounts.people import PASSWORD, csrf_of, link_in

    setup_token.announce(app)
    link = link_in(capsys.readouterr().out)  # type: ignore[attr-defined]
    answers = {"name": "Karim", "email": "karim@kelvane.example", "password": PASSWORD}
    page = client.get(link).text
    assert "Add the sample library" in page
    client.post(link, data={"csrf_token": csrf_of(client, link), **answers, "words": "y"})
    assert len(terms_by_vocabulary()[Vocabulary.STAGE]) == len(starter.WORDS[Vocabulary.STAGE])
