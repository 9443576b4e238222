"""Waste and worth trace to their rows, and say a range where nobody said a number."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from collateral.accounts.models import Person, Role
from collateral.adaptations.models import Adaptation, AdaptationSource
from collateral.adaptations.models import Status as AdaptationStatus
from collateral.assets.models import Asset, ReadingState
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal
from collateral.reports import assets
from collateral.reports.asking import ReportRequest
from collateral.reports.worth import Hours, worth
from collateral.retirement import operations as retirement
from collateral.usage import operations as usage
from collateral.usage.counting import zone
from collateral.usage.models import EventKind
from collateral.usage.periods import Period
from collateral.usage.rules import counting_day
from tests.factories import make_asset, make_person
from tests.support import Visitor


@pytest.fixture
def manager(app: Flask) -> Person:
    return make_person(Role.MANAGER)


def year() -> ReportRequest:
    today = counting_day(now(), zone())
    return ReportRequest(Period(today - timedelta(days=364), today))


def adapted(
    asset: Asset, minutes: int | None, *, days: int = 20, status: str = "submitted"
) -> Adaptation:
    at = now() - timedelta(days=days)
    made = Adaptation(
        title="Mine",
        person_id=make_person(Role.REP).id,
        asset_id=asset.id,
        minutes=minutes,
        status=AdaptationStatus(status),
        confirmed_at=at,
        created_at=at,
        decided_at=at + timedelta(days=1),
        sha256="0" * 64,
        bytes=1,
        filename="mine.pptx",
        media_type="application/x",
        family="deck",
        label="Deck",
        state=ReadingState.READY,
    )
    db.session.add(made)
    db.session.commit()
    return made


def test_hours_are_what_was_reported_and_a_range_for_the_rest(manager: Person) -> None:
    asset = make_asset()
    for minutes in (60, 120, 180, 240, 300):
        adapted(asset, minutes)
    assert worth(manager, year()).remade_hours == Hours(15.0, 15.0)
    adapted(asset, None)
    adapted(asset, 600, status="private")
    (row,) = worth(manager, year()).remade
    assert (row.adaptations, row.reported) == (6, 5)
    assert row.hours == Hours(15.0 + 2.0, 15.0 + 4.0)


def test_retiring_saves_the_looks_that_led_nowhere(manager: Person) -> None:
    asset, reader = make_asset(), make_person(Role.REP)
    for hours in range(1, 13):
        usage.record(
            EventKind.VIEWED,
            version=asset.versions[0],
            person=reader,
            session_key=f"s{hours}",
            user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/140",
            at=now() - timedelta(days=30, hours=hours),
        )
    db.session.commit()
    assert worth(manager, year()).retired == []
    retirement.retire(asset, by=asset.owner, at=now(), reason="Old")
    db.session.commit()
    (row,) = worth(manager, year()).retired
    assert row.views == 12
    assert row.hours == Hours(12 / 60, 1.0)


def test_a_look_that_led_to_the_use_of_an_adaptation_led_somewhere(manager: Person) -> None:
    asset, variant = make_asset("The deck"), make_asset("Its variant")
    rep, made = make_person(Role.REP), adapted(asset, None, status="accepted")
    made.variant_id = variant.id
    db.session.add(
        AdaptationSource(
            adaptation_id=made.id,
            asset_id=asset.id,
            version_id=asset.versions[0].id,
            share=0.5,
            pages=5,
            confidence=1.0,
        )
    )
    deal = Deal(external_id="d", name="D", owner_id=rep.id, owner_email=rep.email)
    db.session.add(deal)
    db.session.flush()
    at = now() - timedelta(days=3)
    usage.declare_use(variant, deal, by=rep, at=at)
    usage.declare_use(asset, deal, by=rep, at=at)
    for hours in range(1, 5):
        usage.record(
            EventKind.VIEWED,
            version=asset.versions[0],
            person=rep,
            session_key=f"s{hours}",
            user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/140",
            at=at - timedelta(hours=hours),
        )
    db.session.commit()
    rows = {row.title: row for row in assets.assets_report(manager, year()).rows}
    assert (rows["The deck"].uses, rows["The deck"].family_uses) == (1, 1.5)
    assert {row.family_uses for row in assets.all_rows(manager, year())[1]} == {1.5, 1.0}
    retirement.retire(asset, by=asset.owner, at=now(), reason="Old")
    db.session.commit()
    (row,) = worth(manager, year()).retired
    assert row.views == 2  # of four looks, one use and half a one


def test_merging_saves_what_would_have_been_adapted_again(manager: Person) -> None:
    asset = make_asset(published_at=now() - timedelta(days=300))
    reps = [make_person(Role.REP) for _ in range(6)]
    for place, rep in enumerate(reps):
        deal = Deal(external_id=f"d{place}", name="D", owner_id=rep.id, owner_email=rep.email)
        db.session.add(deal)
        db.session.flush()
        at = now() - timedelta(days=60 if place < 4 else 5)
        usage.declare_use(asset, deal, by=rep, at=at)
    adapted(asset, 120, days=50)
    adapted(asset, 120, days=21, status="merged")
    (row,) = worth(manager, year()).merged
    assert (row.uses, row.share) == (2, 0.5)
    assert row.hours == Hours(2.0, 2.0)


def test_what_one_may_not_see_is_no_part_of_it(visitor: Visitor, manager: Person) -> None:
    adapted(make_asset("A secret"), 60)
    page = visitor.as_(manager).get("/reports/worth")
    assert page.status_code == 200
    assert "A secret" in page.text
    assert "A secret" in visitor.as_(manager).get("/reports/worth.csv").text
