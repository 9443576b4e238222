"""Suggestions measured on held-back deals: nothing later than the moment plays a part."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from collateral.accounts.models import Person
from collateral.assets.models import Asset, Term, Vocabulary
from collateral.bench import suggestions
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal, Outcome, StageChange
from collateral.search.suggesting import chosen_for
from collateral.usage.models import EventKind
from collateral.usage.operations import declare_use, record
from tests.factories import make_asset, make_person, make_term

START = now() - timedelta(days=200)


@pytest.fixture
def rep(app: Flask) -> Person:
    return make_person()


@pytest.fixture
def stage(app: Flask) -> Term:
    return make_term(Vocabulary.STAGE, "evaluation")


def deal_of(rep: Person, name: str, reached: datetime) -> Deal:
    deal = Deal(
        external_id=name,
        name=name,
        owner_id=rep.id,
        stage="evaluation",
        stage_label="Evaluation",
        opened_on=reached.date(),
        stages=[StageChange(stage="evaluation", label="Evaluation", at=reached)],
    )
    db.session.add(deal)
    db.session.commit()
    return deal


def asset(title: str, stage: Term) -> Asset:
    return make_asset(title, terms=[stage], published_at=START - timedelta(days=30))


def asked(app: Flask, deal: Deal, rep: Person, at: datetime) -> list[tuple[int, float]]:
    app.extensions.pop("suggestion_stages", None)
    return [(s.asset_id, s.score) for s in chosen_for(deal, rep, "evaluation", at=at)]


def test_later_uses_wins_and_sendings_change_nothing(app: Flask, rep: Person, stage: Term) -> None:
    sheets = [asset(f"Sheet {n}", stage) for n in range(4)]
    deal, other = deal_of(rep, "Held back", START), deal_of(rep, "Other", START)
    declare_use(sheets[0], other, by=rep, at=START + timedelta(days=5))
    db.session.commit()
    moment = START + timedelta(days=50)
    before = asked(app, deal, rep, moment)
    for later, sheet in enumerate(sheets):
        declare_use(sheet, deal, by=rep, at=moment + timedelta(days=1 + later))
        declare_use(sheet, other, by=rep, at=moment + timedelta(days=1 + later))
    other.outcome, other.closed_on = Outcome.WON, moment.date()
    db.session.commit()
    assert asked(app, deal, rep, moment) == before
    assert asked(app, deal, rep, moment + timedelta(days=20)) == []


def test_what_was_sent_in_the_deal_is_not_suggested(app: Flask, rep: Person, stage: Term) -> None:
    sent, left = asset("Sent", stage), asset("Left", stage)
    deal = deal_of(rep, "Hollis", START)
    assert sent.current_version is not None
    record(
        EventKind.SHARED,
        version=sent.current_version,
        person=rep,
        session_key="s1",
        user_agent="Mozilla/5.0 (X11; Linux) Chrome/156.0 Safari/537.36",
        at=now() - timedelta(days=1),
        deal=deal,
    )
    db.session.commit()
    assert [asset_id for asset_id, _ in asked(app, deal, rep, now())] == [left.id]


def test_hits_are_counted_beside_most_used(app: Flask, rep: Person, stage: Term) -> None:
    """Six strangers are used most; the one that fits the stage is what is then used."""
    elsewhere = make_term(Vocabulary.STAGE, "proposal")
    favourites = [asset(f"Favourite {n}", elsewhere) for n in range(6)]
    fitting = asset("Fitting", stage)
    for number in range(7):
        past = deal_of(rep, f"Past {number}", START)
        for sheet in favourites:
            declare_use(sheet, past, by=rep, at=START + timedelta(days=1), stage="proposal")
    last = deal_of(rep, "Last", START + timedelta(days=100))
    for number in range(18):
        later = deal_of(rep, f"Other {number}", START)
        declare_use(favourites[0], later, by=rep, at=START + timedelta(days=2), stage="")
    declare_use(fitting, last, by=rep, at=START + timedelta(days=101), stage="evaluation")
    db.session.commit()
    result = suggestions.measure(10)
    assert result["moments"] == 1
    assert result["suggested_hit_at_5"] == 1.0
    assert result["most_used_hit_at_5"] == 0.0
