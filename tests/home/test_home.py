"""Each role comes to what it is here for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from collateral.accounts.models import Role
from collateral.assets.models import Vocabulary
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal, StageChange
from collateral.home.rep import next_calls
from collateral.usage import operations as usage
from collateral.usage.models import EventKind
from collateral.usage.queries import downloads_without_a_deal
from tests.factories import make_asset, make_person, make_term
from tests.support import Visitor, counted_queries


def make_deal(owner, name="Brauwerk Lindau", *, hours=3.0, stage="evaluation", **values):
    moment = now()
    deal = Deal(
        external_id=name,
        name=name,
        account=name,
        owner_id=owner.id,
        owner_email=owner.email,
        stage=stage,
        stage_label=stage.capitalize(),
        opened_on=moment.date() - timedelta(days=30),
        next_call_at=moment + timedelta(hours=hours),
        **values,
    )
    deal.stages = [
        StageChange(stage=stage, label=stage.capitalize(), at=moment - timedelta(days=9))
    ]
    db.session.add(deal)
    db.session.commit()
    return deal


def test_a_reps_home_shows_the_next_call_with_a_suggestion_and_its_reason(
    app: Flask, visitor: Visitor
) -> None:
    rep = make_person(Role.REP)
    stage = make_term(Vocabulary.STAGE, "evaluation")
    make_asset("Payback in eleven months", terms=[stage])
    make_deal(rep)
    page = visitor.as_(rep).get("/").text
    assert "Brauwerk Lindau" in page
    assert "Payback in eleven months" in page
    assert "Made for deals like this" in page


def test_a_suggestion_is_used_by_one_click(app: Flask, visitor: Visitor) -> None:
    rep = make_person(Role.REP)
    stage = make_term(Vocabulary.STAGE, "evaluation")
    asset = make_asset(terms=[stage])
    deal = make_deal(rep)
    client = visitor.as_(rep)
    assert client.post(f"/assets/{asset.id}/use", data={"deal": deal.id}).status_code == 303
    assert "The cost of unplanned downtime" in client.get(f"/deals/{deal.id}").text


def download(person, asset):
    usage.record(
        EventKind.DOWNLOADED,
        version=asset.current_version,
        person=person,
        session_key="s1",
        user_agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0",
        at=now() - timedelta(hours=1),
    )
    db.session.commit()


def test_a_download_without_a_deal_waits_until_it_is_answered(app: Flask, visitor: Visitor) -> None:
    rep = make_person(Role.REP)
    asset, deal = make_asset("Forgotten one-pager"), make_deal(rep)
    download(rep, asset)
    client = visitor.as_(rep)
    assert "Say where you used it" in client.get("/").text
    client.post(f"/home/say/{asset.id}", data={"deal": deal.id})
    assert downloads_without_a_deal(rep, since=now() - timedelta(days=14)) == []


def test_not_in_a_deal_is_an_answer_too(app: Flask, visitor: Visitor) -> None:
    rep, asset = make_person(Role.REP), make_asset()
    download(rep, asset)
    visitor.as_(rep).post(f"/home/say/{asset.id}", data={"deal": ""})
    assert downloads_without_a_deal(rep, since=now() - timedelta(days=14)) == []


def test_a_marketer_sees_the_review_that_is_due(app: Flask, visitor: Visitor) -> None:
    marketer = make_person(Role.MARKETER)
    asset = make_asset(owner=marketer)
    asset.review_on = now().date()
    db.session.commit()
    assert "Reviews due" in visitor.as_(marketer).get("/").text


def test_a_manager_sees_the_share_of_deals_with_a_use(app: Flask, visitor: Visitor) -> None:
    manager, rep = make_person(Role.MANAGER), make_person(Role.REP)
    asset = make_asset(published_at=now() - timedelta(days=30))
    usage.declare_use(asset, make_deal(rep), by=rep, at=now())
    db.session.commit()
    page = visitor.as_(manager).get("/").text
    assert "Deals with at least one use" in page


def test_a_home_asks_as_many_questions_for_many_assets_as_for_few(
    app: Flask, visitor: Visitor
) -> None:
    rep = make_person(Role.REP)
    stage = make_term(Vocabulary.STAGE, "evaluation")
    make_deal(rep)
    make_asset(terms=[stage])
    client = visitor.as_(rep)
    client.get("/")
    with counted_queries(app) as few:
        client.get("/")
    for number in range(8):
        make_asset(f"Asset {number}", terms=[stage])
    with counted_queries(app) as many:
        client.get("/")
    assert len(many) <= len(few)


def test_four_calls_ask_as_many_questions_as_one(app: Flask) -> None:
    rep = make_person(Role.REP)
    stages = [make_term(Vocabulary.STAGE, slug) for slug in ("evaluation", "proposal")]
    assets = [make_asset(f"Asset {number}", terms=stages) for number in range(6)]
    deals = [make_deal(rep, "Deal 0")]
    usage.declare_use(assets[0], deals[0], by=rep, at=now())
    db.session.commit()
    with app.test_request_context(), counted_queries(app) as one:
        assert len(next_calls(rep, now())) == 1
    for number in range(1, 4):
        deal = make_deal(
            rep,
            f"Deal {number}",
            hours=3.0 + number,
            stage=("evaluation", "proposal")[number % 2],
            industry=f"industry {number}",
        )
        for asset in assets[: 1 + number]:
            usage.declare_use(asset, deal, by=rep, at=now())
    db.session.commit()
    app.extensions.pop("suggestion_stages")  # what is kept for an hour is asked again
    with app.test_request_context(), counted_queries(app) as four:
        calls = next_calls(rep, now())
    assert [len(call.suggestions) for call in calls] == [4, 3, 3, 2]
    assert [len(call.sent) for call in calls] == [1, 2, 2, 2]
    assert len(four) == len(one)


@pytest.mark.parametrize("role", [Role.MARKETER, Role.MANAGER])
def test_the_home_of_numbers_asks_as_many_questions_for_many_assets_as_for_few(
    app: Flask, visitor: Visitor, role: Role
) -> None:
    rep = make_person(Role.REP)
    client = visitor.as_(make_person(role))
    usage.declare_use(make_asset(), make_deal(rep), by=rep, at=now())
    db.session.commit()
    make_asset("Not used")
    client.get("/")
    app.extensions.pop("found_assets", None)  # what is kept of them is asked again
    with counted_queries(app) as few:
        client.get("/")
    for number in range(6):
        usage.declare_use(
            make_asset(f"Asset {number}"), make_deal(rep, f"Deal {number}"), by=rep, at=now()
        )
        make_asset(f"Not used {number}")
    db.session.commit()
    with counted_queries(app) as many:
        client.get("/")
    assert len(many) == len(few)
