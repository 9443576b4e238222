"""The asset page: its pages and addresses, finding inside it, views, use in a deal."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from collateral.accounts.models import Role
from collateral.assets.models import ReadingState, Status, Vocabulary
from collateral.db import db
from collateral.usage.models import Event, EventKind, Use
from tests.factories import add_version, make_asset, make_deal, make_person, make_term
from tests.support import SignedInClient, Visitor, counted_queries

SLIDES = ("Downtime. What an hour costs", "Payback. In eleven months", "Reférences. Hollis Dairy")


def views() -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.kind == EventKind.VIEWED)))


def test_every_page_has_an_address(rep: SignedInClient) -> None:
    asset = make_asset(pages=SLIDES, summary="Opens the money conversation")
    page = rep.get(f"/assets/{asset.id}/pages/2")
    assert page.status_code == 200
    assert "Page 2" in page.text
    assert "In eleven months" in page.text
    assert "What an hour costs" not in page.text
    assert "Opens the money conversation" in page.text
    assert rep.get(f"/assets/{asset.id}/pages/4").status_code == 404
    assert rep.get(f"/assets/{asset.id}/pages/0").status_code == 404


def test_words_are_found_inside_and_marked(rep: SignedInClient) -> None:
    asset = make_asset(pages=SLIDES)
    page = rep.get(f"/assets/{asset.id}/pages/3?find=referenc hollis")
    assert "<mark>Reférenc</mark>" in page.text
    assert "<b>1 page</b>" in page.text
    nowhere = rep.get(f"/assets/{asset.id}?find=turbine")
    assert "is not in this deck" in nowhere.text


def test_t02_words_of_others_are_never_markup(rep: SignedInClient) -> None:
    """Threat 2: one payload in every text field."""
    bad = '"><img src=x onerror=alert(1)>'
    asset = make_asset(
        title=f"T {bad}",
        summary=bad,
        pages=[f"{bad} in the text"],
        tags=[bad],
        terms=[make_term(Vocabulary.PRODUCT, "bad", label=bad)],
        filename=f"{bad}.pptx",
    )
    asset.versions[0].error = None
    asset.versions[0].changes = bad
    asset.versions[0].notices = [bad]
    db.session.commit()
    for path in ("", "?tab=versions", "/pages/1?find=img", "?find=" + bad.replace("&", "")):
        page = rep.get(f"/assets/{asset.id}{path}")
        assert page.status_code == 200
        assert "<img src=x" not in page.text


def test_arriving_is_a_view_and_turning_a_page_is_not(rep: SignedInClient) -> None:
    asset = make_asset(pages=SLIDES)
    rep.get(f"/assets/{asset.id}")
    inside = {"Referer": f"http://localhost/assets/{asset.id}"}
    rep.get(f"/assets/{asset.id}/pages/2", headers=inside)
    rep.get(f"/assets/{asset.id}/pages/3", headers={"X-Fragment": "viewer"})
    assert [(event.asset_id, event.version_id) for event in views()] == [
        (asset.id, asset.current_version_id)
    ]
    rep.get(f"/assets/{asset.id}/pages/3", headers={"Referer": "http://localhost/search"})
    assert len(views()) == 2


def test_an_older_version_says_which_is_current(rep: SignedInClient) -> None:
    asset = make_asset(pages=["The old page"])
    add_version(asset, pages=["The new page"])
    db.session.commit()
    old = rep.get(f"/assets/{asset.id}/versions/1")
    assert "The old page" in old.text
    assert "See version 2" in old.text
    assert f"/assets/{asset.id}/file?version=1" in old.text
    assert "The new page" in rep.get(f"/assets/{asset.id}").text
    versions = rep.get(f"/assets/{asset.id}?tab=versions")
    assert "deck.pptx" in versions.text


def test_a_file_that_cannot_be_read_says_why_and_downloads(rep: SignedInClient) -> None:
    asset = make_asset()
    asset.versions[0].state = ReadingState.FAILED
    asset.versions[0].error = "This file has a password."
    asset.versions[0].pages = []
    db.session.commit()
    page = rep.get(f"/assets/{asset.id}")
    assert "This file has a password." in page.text
    assert rep.get(f"/assets/{asset.id}/file", buffered=True).status_code == 200


def test_use_in_a_deal_takes_two_clicks(visitor: Visitor) -> None:
    person = make_person(Role.REP)
    asset = make_asset()
    lindau = make_deal(person, "Brauwerk Lindau")
    rep = visitor.as_(person)
    page = rep.get(f"/assets/{asset.id}")
    assert "Brauwerk Lindau" in page.text
    answer = rep.post(f"/assets/{asset.id}/use", data={"deal": lindau.id}, follow_redirects=True)
    assert "Used in Brauwerk Lindau" in answer.text
    use = db.session.scalars(select(Use)).one()
    assert (use.asset_id, use.deal_id, use.person_id) == (asset.id, lindau.id, person.id)
    where = rep.get(f"/assets/{asset.id}?tab=used")
    assert "Brauwerk Lindau" in where.text


def test_a_deal_of_others_cannot_be_named(rep: SignedInClient) -> None:
    theirs = make_deal(make_person(Role.REP), "Vantor Steel")
    asset = make_asset()
    answer = rep.post(f"/assets/{asset.id}/use", data={"deal": theirs.id})
    assert answer.status_code == 404
    assert rep.post(f"/assets/{asset.id}/use", data={}).status_code == 400
    assert rep.get(f"/assets/{asset.id}/file?deal={theirs.id}", buffered=True).status_code == 404


def test_what_is_not_published_is_not_offered_for_use(marketer: SignedInClient) -> None:
    asset = make_asset(status=Status.DRAFT)
    page = marketer.get(f"/assets/{asset.id}")
    assert f"/assets/{asset.id}/use" not in page.text


@pytest.mark.parametrize("status", list(Status))
def test_the_page_answers_in_every_status(marketer: SignedInClient, status: Status) -> None:
    asset = make_asset(status=status)
    assert marketer.get(f"/assets/{asset.id}").status_code == 200


def test_the_number_of_queries_does_not_grow_with_pages_and_versions(
    rep: SignedInClient, app: Flask
) -> None:
    small, large = make_asset(), make_asset(pages=[f"Page {n}" for n in range(40)])
    for _number in range(5):
        add_version(large, pages=[f"Page {n}" for n in range(40)])
        db.session.commit()
    counts = []
    for asset_id in (small.id, large.id):
        # Turning a page notes no event, whose own work depends on the ones before.
        inside = {"Referer": f"http://localhost/assets/{asset_id}"}
        with counted_queries(app) as seen:
            page = rep.get(f"/assets/{asset_id}?find=page&tab=versions", headers=inside)
        assert page.status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] < 20
