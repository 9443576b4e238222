"""Retiring, deciding, policies and deletion by their pages: what was given is never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset, Status, Term, Vocabulary
from collateral.clock import now
from collateral.db import db
from collateral.retirement import docket, operations
from collateral.retirement.models import Decision, Policy, Season
from collateral.usage import operations as usage
from collateral.usage.models import EventKind
from tests.factories import make_asset, make_person
from tests.support import SignedInClient, Visitor, counted_queries


@pytest.fixture
def desk(visitor: Visitor, marketer: Person) -> SignedInClient:
    return visitor.as_(marketer)


def test_the_docket_is_worked_by_page(desk: SignedInClient, library: list[int]) -> None:
    docket.work_out(now())
    db.session.commit()
    shown = desk.get("/docket?sort=cost").text
    assert "Deck 119" in shown
    assert "Shown, not opened" in shown
    chosen = [str(asset_id) for asset_id in library[-2:]]
    before = db.session.scalar(select(func.count()).select_from(Decision))
    dry = desk.get(f"/docket/decide?choice=retire&asset={chosen[0]}&asset={chosen[1]}").text
    assert "Dry run, nothing changed yet" in dry
    assert db.session.scalar(select(func.count()).select_from(Decision)) == before
    data = {"choice": "retire", "asset": chosen}
    assert "Say why" in desk.post("/docket/decide", data=data).text
    answer = desk.post(
        "/docket/decide",
        data={**data, "reason": "Nobody uses it", "when": "now"},
        follow_redirects=True,
    )
    assert "Retiring 2 assets" in answer.text
    asset = db.session.get_one(Asset, library[-1])
    assert asset.status is Status.RETIRED
    assert "Deck 119" in desk.get("/docket/retired").text
    ids = db.session.scalars(select(Decision.id)).all()
    desk.post("/docket/undo", data={"decision": [str(i) for i in ids]})
    db.session.refresh(asset)
    assert asset.status is Status.PUBLISHED
    csv = desk.get("/docket.csv").text
    assert "Deck 119" in csv
    assert "shown_not_opened" in csv


def test_policies_are_set_on_their_page(desk: SignedInClient) -> None:
    db.session.add(Term(vocabulary=Vocabulary.TYPE, slug="video", label="Video"))
    db.session.commit()
    bad = desk.post("/docket/policies", data={"type": "video", "grace_days": "soon"})
    assert bad.status_code == 400
    assert "A whole number" in bad.text
    desk.post(
        "/docket/policies",
        data={"type": "video", "grace_days": "120", "review_months": "6", "review_required": "1"},
    )
    text = desk.get("/docket/policies").text
    assert "120 days" in text
    assert "every 6 months, date compulsory" in text


def test_a_team_that_is_none_sets_no_policy_for_all(desk: SignedInClient) -> None:
    answer = desk.post("/docket/policies", data={"team": "sales", "grace_days": "1"})
    assert answer.status_code == 400
    assert "There is no such team." in answer.text
    assert db.session.scalar(select(func.count()).select_from(Policy)) == 0


def test_a_policy_without_a_grace_has_the_usual_one(desk: SignedInClient) -> None:
    desk.post("/docket/policies", data={"grace_days": "", "floor_deals": "3"})
    assert db.session.scalars(select(Policy.grace_days)).all() == [90]


def test_the_month_of_a_season_is_one_of_twelve(desk: SignedInClient) -> None:
    asset = make_asset()
    data = {"choice": "keep", "asset": str(asset.id), "reason": "Fairs"}
    desk.post("/docket/decide", data={**data, "month": ["0", "3", "13"]})
    assert db.session.scalars(select(Season.months)).all() == [[3]]


def test_a_missing_reason_loses_no_replacement(desk: SignedInClient) -> None:
    asset, new = make_asset(), make_asset("The new deck")
    given = {"reason": "", "replacement": str(new.id)}
    answer = desk.post(f"/assets/{asset.id}/retire", data=given)
    assert answer.status_code == 400
    assert "The new deck" in answer.text


def test_a_replacement_that_is_none_gets_a_sentence_and_loses_no_reason(
    desk: SignedInClient,
) -> None:
    given = {"reason": "Prices of 2024", "replacement": "the-new-one"}
    text = desk.post(f"/assets/{make_asset().id}/retire", data=given).text
    assert "Choose the replacement from the list." in text
    assert "Prices of 2024" in text
    assert "the-new-one" not in text


def test_a_title_typed_otherwise_loses_no_reason(visitor: Visitor) -> None:
    admin, asset = make_person(Role.ADMIN), make_asset("The old deck")
    operations.retire(asset, by=admin, at=now() - timedelta(days=200), reason="Old")
    db.session.commit()
    given = {"reason": "Rights lapsed", "title": "the old one"}
    answer = visitor.as_(admin).post(f"/assets/{asset.id}/erase", data=given)
    assert answer.status_code == 400
    assert "Type the title as it stands" in answer.text
    assert "Rights lapsed" in answer.text


def test_a_dry_run_of_many_counts_each_person_once_and_asks_no_more(app: Flask) -> None:
    owner, both = make_person(Role.MARKETER), make_person(Role.REP)
    found = [make_asset(f"Deck {number}", owner=owner) for number in range(6)]
    for asset in found:
        for person in (both, make_person(Role.REP)):
            usage.record(
                EventKind.DOWNLOADED,
                version=asset.versions[0],
                person=person,
                session_key=f"{person.id}",
                user_agent="Mozilla/5.0 (X11; Linux) Chrome/156.0 Safari/537.36",
                at=now(),
            )
    db.session.commit()
    operations.plan(found, owner, at=now())  # what was committed is read again here
    with counted_queries(app) as one:
        operations.plan(found[:1], owner, at=now())
    with counted_queries(app) as six:
        plan = operations.plan(found, owner, at=now())
    assert plan.downloader_count == len(found) + 1
    assert len(six) == len(one)


def test_the_file_of_what_was_decided_is_what_the_page_shows(
    desk: SignedInClient, library: list[int]
) -> None:
    docket.work_out(now())
    db.session.commit()
    data = {"choice": "keep", "asset": str(library[-1]), "reason": "For the fair"}
    desk.post("/docket/decide", data=data)
    asked = "show=decided&stopped=recreated"
    assert "Deck 119" in desk.get(f"/docket?{asked}").text
    assert "Deck 119" in desk.get(f"/docket.csv?{asked}").text
