"""Influence from deals in the database, in words that promise no more than was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import insert, select

from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset, Vocabulary
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.reports import influence_words, presenting
from collateral.reports.asking import ReportRequest
from collateral.reports.difference import Difference
from collateral.reports.influence import Compared
from collateral.reports.influence_cases import AssetInfluence, influence_of
from collateral.reports.scorecard import Split, scorecard
from collateral.usage.models import Evidence, Use
from collateral.usage.periods import Period
from collateral.usage.team_sets import set_of
from tests.factories import make_asset, make_person, make_term
from tests.support import counted_queries

TODAY = date(2026, 11, 20)
YEAR = ReportRequest(Period(TODAY - timedelta(days=364), TODAY))


@pytest.fixture
def manager(app: Flask) -> Person:
    return make_person(Role.MANAGER)


def used_in(asset: Asset, deals: list[int], rep: Person, at: date) -> None:
    db.session.execute(
        insert(Use),
        [
            {
                "asset_id": asset.id,
                "deal_id": deal_id,
                "person_id": rep.id,
                "team_set_id": set_of(rep),
                "at": now().replace(year=at.year, month=at.month, day=at.day),
                "day": at,
                "evidence": Evidence.DECLARED,
            }
            for deal_id in deals
        ],
    )
    db.session.commit()


@pytest.fixture
def asset(manager: Person) -> Asset:
    """Made for one product; used in 40 of 200 deals, of which more were won."""
    line = make_term(Vocabulary.PRODUCT, "line")
    made = make_asset("Case: foundries", terms=[line], published_at=now() - timedelta(days=900))
    rep = make_person(Role.REP)
    rng = np.random.default_rng(8)
    opened = TODAY - timedelta(days=150)
    db.session.execute(
        insert(Deal),
        [
            {
                "external_id": f"d{n}",
                "name": f"Deal {n}",
                "owner_id": rep.id,
                "owner_email": rep.email,
                "product": "line" if n < 200 else "trace",
                "industry": "metal",
                "amount": Decimal(50_000 + (n * 37) % 204),
                "currency": "EUR",
                "opened_on": opened,
                "closed_on": TODAY - timedelta(days=int(rng.integers(1, 80))),
                "outcome": Outcome.WON
                if rng.random() < (0.7 if n < 40 else 0.25)
                else Outcome.LOST,
            }
            for n in range(204)
        ],
    )
    db.session.commit()
    deals = list(db.session.scalars(select(Deal.id).order_by(Deal.id)))
    used_in(made, deals[:40] + deals[200:], rep, opened + timedelta(days=30))
    return made


def found_of(asset: Asset, person: Person, request: ReportRequest = YEAR) -> AssetInfluence:
    (found,) = influence_of([asset.id], person, request)
    return found


def test_it_is_found_in_the_deals_that_it_was_made_for(asset: Asset, manager: Person) -> None:
    found = found_of(asset, manager)
    assert (found.found.overall.with_asset, found.found.overall.without) == (40, 160)
    assert found.outside == 4
    assert found.difference is not None
    assert found.difference.low > 0.1
    assert found.positive
    assert found.shrunk is not None
    assert 0 < found.shrunk.value < found.difference.value
    assert found.without_biggest.overall.with_asset == 39
    assert found.without_latest.overall.with_asset < 40


def test_amounts_count_each_deal_once_and_share_it_when_asked(
    asset: Asset, manager: Person
) -> None:
    before = found_of(asset, manager).money
    assert before.won == before.won_shared
    won = list(
        db.session.scalars(
            select(Deal.id)
            .join(Use, Use.deal_id == Deal.id)
            .where(Deal.outcome == Outcome.WON, Use.asset_id == asset.id)
        )
    )
    amounts = db.session.scalars(select(Deal.amount).where(Deal.id.in_(won))).all()
    assert before.won == sum(amount or 0 for amount in amounts)
    assert before.won_without_biggest == before.won - max(amount or 0 for amount in amounts)
    used_in(make_asset("Another"), won, manager, TODAY - timedelta(days=100))
    after = found_of(asset, manager).money
    assert after.won == before.won
    assert after.won_shared == before.won / 2


def test_a_rep_is_told_of_her_own_deals_alone(asset: Asset) -> None:
    found = found_of(asset, make_person(Role.REP))
    assert found.found.overall == Compared(None, 0, 0, 0, 0)
    assert found.money.won == 0


def test_many_assets_take_as_many_statements_as_one(
    app: Flask, asset: Asset, manager: Person
) -> None:
    other = make_asset("Another")
    used_in(other, list(db.session.scalars(select(Deal.id).limit(3))), manager, TODAY)
    with counted_queries(app) as one:
        influence_of([asset.id], manager, YEAR)
    with counted_queries(app) as every:
        assert len(influence_of(None, manager, YEAR)) == 2
    assert len(every) <= len(one)


def test_the_one_that_is_surely_better_leads_the_list(asset: Asset, manager: Person) -> None:
    make_asset("Unused")
    listed = influence_of(None, manager, YEAR)
    assert [row.asset_id for row in listed] == [asset.id]


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (Difference(0.22, 0.02, 0.42), "won more often: by 22 points, likely between +2 and +42"),
        (Difference(-0.2, -0.35, -0.05), "won less often: by 20 points, likely between −35 and −5"),
        (Difference(0.04, -0.1, 0.2), "cannot be told: likely between −10 and +20 points"),
    ],
)
def test_one_sentence_stands_beside_each_number(
    app: Flask, difference: Difference, words: str
) -> None:
    with app.test_request_context():
        said = influence_words.sentence(Compared(difference, 60, 300, 30, 100))
    assert words in said
    assert "caus" not in said


@pytest.mark.parametrize(
    ("compared", "words"),
    [
        (Compared(None, 12, 300, 5, 90), "12 closed deals with it and 300"),
        (Compared(None, 30, 90, 2, 1), "3 won and 117 lost"),
        (Compared(None, 30, 90, 10, 30), "wider than 50 points"),
    ],
)
def test_below_the_floor_it_says_what_is_missing(
    app: Flask, compared: Compared, words: str
) -> None:
    with app.test_request_context():
        said = influence_words.sentence(compared)
    assert said.startswith("Not enough deals yet")
    assert words in said


def test_everything_is_said_of_an_asset(asset: Asset, manager: Person, app: Flask) -> None:
    found = found_of(asset, manager)
    with app.test_request_context():
        told = influence_words.shown(found)
    assert told.rows[0].with_asset == 40
    assert told.points == influence_words.signed(told.rows[0].mid or 0)
    assert "won more often" in told.sentence
    assert told.sensitivity[0].startswith("Without the deals closed in the period's last 30 days")
    assert "won deals" in told.money
    assert told.outside.startswith("4 further deals")


def test_stages_are_named_in_the_order_of_the_sale(
    asset: Asset, manager: Person, app: Flask
) -> None:
    found = found_of(asset, manager)
    compared = Compared(None, 1, 1, 0, 0)
    stages = (("closing", compared), ("proposal", compared), ("discovery", compared))
    labels = {"discovery": "Erstgespräch", "proposal": "Angebot"}
    split = [Split("", name, 1, 0, 0) for name, _compared in stages]
    card = replace(scorecard(manager, asset, YEAR), stages=split)
    with app.test_request_context():
        rows = influence_words.shown(replace(found, stages=stages), labels).rows
        bars = presenting.splits(card, labels)["stages"]
    assert [row.name for row in rows[1:]] == ["Erstgespräch", "Angebot", "closing"]
    assert [bar["name"] for bar in bars] == ["Erstgespräch", "Angebot", "closing"]
    assert [bar["apart"] for bar in bars] == [True, False, False]
