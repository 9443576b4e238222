"""Saying what was used: from the deal, correcting it, and once at the deal's close."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from collateral.accounts.models import Person
from collateral.assets.models import Asset, Vocabulary
from collateral.clock import later, now
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.errors import WrongState
from collateral.home import jobs
from collateral.notify.queries import inbox
from collateral.usage import confirming
from collateral.usage.models import EventKind, Evidence, Use
from collateral.usage.operations import answer_no_deal, declare_use, record
from collateral.usage.queries import downloads_without_a_deal, uses_of_deal
from tests.factories import make_asset, make_person, make_term
from tests.support import Visitor


def a_deal(owner: Person, outcome: Outcome = Outcome.OPEN, name: str = "Hollis") -> Deal:
    today = now().date()
    deal = Deal(
        external_id=f"{name} {outcome}",
        name=name,
        owner_id=owner.id,
        stage="evaluation",
        stage_label="Evaluation",
        opened_on=today - timedelta(days=90),
        outcome=outcome,
        closed_on=None if outcome is Outcome.OPEN else today,
    )
    db.session.add(deal)
    db.session.commit()
    return deal


def close(deal: Deal) -> None:
    deal.outcome, deal.closed_on = Outcome.WON, now().date()
    db.session.commit()


def download(asset: Asset, person: Person) -> None:
    assert asset.current_version is not None
    record(
        EventKind.DOWNLOADED,
        version=asset.current_version,
        person=person,
        session_key="s1",
        user_agent="Mozilla/5.0 (X11; Linux) Chrome/156.0 Safari/537.36",
        at=now() - timedelta(minutes=5),
    )
    db.session.commit()


def titles(uses: object) -> list[str]:
    return sorted(use.asset.title for use in uses)  # type: ignore[attr-defined]


def test_at_the_close_she_takes_away_and_adds_and_is_not_asked_again(app: Flask) -> None:
    ada = make_person()
    deal = a_deal(ada)
    right, wrong, seen = make_asset("Right"), make_asset("Wrong"), make_asset("Seen by the buyer")
    extra, other = make_asset("Extra"), make_asset("For nothing")
    kept = declare_use(right, deal, by=ada, at=now())
    declare_use(wrong, deal, by=ada, at=now())
    declare_use(seen, deal, by=ada, at=now(), evidence=Evidence.OBSERVED)
    download(extra, ada)
    download(other, ada)
    answer_no_deal(ada, other, at=now())
    close(deal)
    assert [each.name for each in confirming.unconfirmed(ada, now())] == ["Hollis"]
    assert [each.asset.title for each in confirming.offered(deal, ada)] == ["Extra"]
    done = confirming.confirm(deal, keep={kept.id}, add={extra.id, other.id}, by=ada, at=now())
    db.session.commit()
    assert done == (1, 1)
    assert titles(uses_of_deal(deal, ada)) == ["Extra", "Right", "Seen by the buyer"]
    assert titles(confirming.taken_back(deal, ada)) == ["Wrong"]
    assert confirming.unconfirmed(ada, now()) == []
    assert downloads_without_a_deal(ada, since=now() - timedelta(days=1)) == []


def test_what_she_takes_away_pushes_out_nothing_that_she_adds(app: Flask) -> None:
    ada = make_person()
    deal, extra = a_deal(ada), make_asset("Extra")
    download(extra, ada)
    for number in range(confirming.OFFERED):
        wrong = make_asset(f"Wrong {number}")
        download(wrong, ada)
        declare_use(wrong, deal, by=ada, at=now())
    close(deal)
    assert [each.asset.title for each in confirming.offered(deal, ada)] == ["Extra"]
    done = confirming.confirm(deal, keep=set(), add={extra.id}, by=ada, at=now())
    assert done == (confirming.OFFERED, 1)
    assert titles(uses_of_deal(deal, ada)) == ["Extra"]


def test_nobody_takes_back_what_another_said(app: Flask) -> None:
    ada, bo = make_person(), make_person()
    deal, asset = a_deal(ada), make_asset()
    declare_use(asset, deal, by=bo, at=now())
    close(deal)
    assert confirming.confirm(deal, keep=set(), add=set(), by=ada, at=now()) == (0, 0)
    assert len(uses_of_deal(deal, ada)) == 1


def test_an_open_deal_is_not_confirmed(app: Flask) -> None:
    ada = make_person()
    with pytest.raises(WrongState):
        confirming.confirm(a_deal(ada), keep=set(), add=set(), by=ada, at=now())


def test_the_owner_is_asked_in_her_inbox_once(app: Flask, visitor: Visitor) -> None:
    ada = make_person()
    deal = a_deal(ada, Outcome.LOST)
    a_deal(make_person(), Outcome.OPEN)
    jobs.look_again()
    jobs.look_again()
    (told,) = inbox(ada).told
    assert told.sentence == "“Hollis” is lost: confirm what you used in it."
    browser = visitor.as_(ada)
    assert "Confirm what was used in Hollis" in browser.get("/").text
    assert "That is right" in browser.get(told.address).text
    assert browser.post(told.address, data={}).location == f"/deals/{deal.id}"
    assert "Confirm what was used in Hollis" not in browser.get("/").text
    jobs.look_again()
    assert len(inbox(ada).told) == 1


def test_she_corrects_the_deal_and_the_stage_and_history_is_kept(
    app: Flask, visitor: Visitor
) -> None:
    ada = make_person()
    make_term(Vocabulary.STAGE, "discovery")
    make_term(Vocabulary.STAGE, "evaluation")
    wrong, right = a_deal(ada, name="Wrong deal"), a_deal(ada, name="Right deal")
    use = declare_use(make_asset("Deck"), wrong, by=ada, at=now() - timedelta(days=3))
    db.session.commit()
    moment = use.at
    browser = visitor.as_(ada)
    assert "Wrong deal" in browser.get(f"/uses/{use.id}/correct").text
    browser.post(
        f"/uses/{use.id}/correct",
        data={"deal": right.id, "stage": "discovery", "reason": "Mixed up"},
    )
    assert uses_of_deal(wrong, ada) == []
    (corrected,) = uses_of_deal(right, ada)
    assert (corrected.stage, corrected.at) == ("discovery", moment)
    page = browser.get(f"/deals/{wrong.id}").text
    assert "1 use was taken back" in page
    assert "Mixed up" in page
    again = browser.post(f"/uses/{use.id}/correct", data={"stage": "evaluation"})
    assert again.status_code == 409


def test_a_use_is_said_from_the_deals_page_at_a_stage(app: Flask, visitor: Visitor) -> None:
    ada = make_person()
    make_term(Vocabulary.STAGE, "discovery")
    deal, asset = a_deal(ada), make_asset("Deck")
    browser = visitor.as_(ada)
    assert browser.post(f"/deals/{deal.id}/use", data={"asset_text": "De"}).status_code == 400
    bad = browser.post(f"/deals/{deal.id}/use", data={"asset": asset.id, "stage": "never"})
    assert bad.status_code == 400
    browser.post(f"/deals/{deal.id}/use", data={"asset": asset.id, "stage": "discovery"})
    (use,) = uses_of_deal(deal, ada)
    assert (use.stage, use.evidence) == ("discovery", Evidence.DECLARED)


def test_the_likeliest_deal_is_asked_for_after_a_download_until_it_is_said(
    app: Flask, visitor: Visitor
) -> None:
    ada = make_person()
    industry = make_term(Vocabulary.INDUSTRY, "dairy")
    plain, fitting = a_deal(ada, name="Another"), a_deal(ada, name="Zeta Dairy")
    fitting.industry = "dairy"
    asset = make_asset("Deck", terms=[industry])
    db.session.commit()
    assert plain.name < fitting.name
    browser = visitor.as_(ada)
    page = browser.get(f"/assets/{asset.id}").text
    asked = page[page.index('id="said-for"') :]
    assert asked.index("Zeta Dairy") < asked.index("Another")
    browser.post(f"/assets/{asset.id}/use", data={"deal": fitting.id})
    assert 'id="said-for"' not in browser.get(f"/assets/{asset.id}").text
    with later(timedelta(days=2)):
        browser = visitor.as_(ada)
        assert 'id="said-for"' in browser.get(f"/assets/{asset.id}").text


def test_the_home_page_offers_for_each_download_the_deal_that_fits_it(
    app: Flask, visitor: Visitor
) -> None:
    ada = make_person()
    deals = {
        name: a_deal(ada, name=name) for name in ("Albion Mills", "Brewers United", "Crane Dairy")
    }
    for name, slug in (("Albion Mills", "mills"), ("Crane Dairy", "dairy")):
        deals[name].industry = slug
    sheets = {
        slug: make_asset(slug, terms=[make_term(Vocabulary.INDUSTRY, slug)])
        for slug in ("mills", "dairy")
    }
    db.session.commit()
    for asset in sheets.values():
        download(asset, ada)
    from collateral.home.rep import unsaid

    with app.test_request_context():
        offered = {item.title: [name for name, _id in item.deals] for item in unsaid(ada, now())}
    assert offered["mills"][0] == "Albion Mills"
    assert offered["dairy"][0] == "Crane Dairy"
    browser = visitor.as_(ada)
    browser.post(f"/home/say/{sheets['dairy'].id}", data={"deal": deals["Crane Dairy"].id})
    browser.post(f"/home/say/{sheets['mills'].id}", data={"deal": ""})
    with app.test_request_context():
        assert unsaid(ada, now()) == []
    assert db.session.query(Use).count() == 1
