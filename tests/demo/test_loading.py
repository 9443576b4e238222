"""The sample in a library: there after one call, gone after another, and nothing else with it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import Person, Role, Team
from collateral.accounts.operations import signed_in
from collateral.adaptations.models import Adaptation
from collateral.assets.models import (
    Asset,
    AssetVersion,
    Collection,
    ReadingState,
    Status,
    SynonymGroup,
    Term,
)
from collateral.clock import now
from collateral.db import Model, db
from collateral.deals.models import Deal, Outcome, StageChange
from collateral.demo.catalogue import Sample, catalogue
from collateral.demo.files.make import make_file
from collateral.demo.load import complete, load, present, sign_ins
from collateral.demo.remove import remove
from collateral.requests import operations as requests
from collateral.requests.models import Request, RequestWaiting
from collateral.requests.models_feedback import Flag, FlagState, Rating, RatingSum
from collateral.requests.models_steps import ProductionStep
from collateral.retirement.models import DocketRun
from collateral.search.models import Search, SearchOpening
from collateral.sharing.models import (
    Opening,
    Pack,
    PackItem,
    Seen,
    Share,
    ShareItem,
    Visit,
    VisitPage,
)
from collateral.sharing.models import (
    Outcome as Became,
)
from collateral.usage.models import (
    DailySum,
    Event,
    EventKind,
    Evidence,
    LeftOut,
    Level,
    MonthlySum,
    Use,
)
from collateral.usage.recounting import recount
from tests import factories

AT = datetime(2026, 11, 19, 12, 35, tzinfo=UTC)
KEYS = {"emails-after-first-call", "stop-cost-calculator", "stop-cost-sheet", "objections-sap-pm",
        "rfp-answers", "pilot-agreement"}  # fmt: skip
OF_THE_SAMPLE: tuple[type[Model], ...] = (
    Asset, AssetVersion, Deal, StageChange, Event, Use, DailySum, MonthlySum, Search,
    SearchOpening, Team, Term, SynonymGroup, Collection, Share, ShareItem, Visit, VisitPage,
    Opening, Seen, Pack, PackItem, Request, RequestWaiting, ProductionStep, Rating, RatingSum,
    Flag, DocketRun,
)  # fmt: skip
SOME = [sample for sample in catalogue(AT.year) if sample.key in KEYS]


def load_some() -> None:
    for _ in load(at=AT, samples=SOME, days=40):
        db.session.commit()


def count(model: type[Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def made(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were made, each while nothing was written and not committed: beside it a
    worker reads what is there already, and SQLite has one writer at a time."""
    made: list[str] = []

    def ids() -> list[set[int]]:
        # What one connection has written and not committed, another does not see.
        return [set(db.session.scalars(select(model.id))) for model in (Asset, Adaptation, Search)]

    def watched(sample: Sample, number: int, *, seed: int) -> bytes:
        own = ids()
        with app.app_context():
            assert own == ids()
        made.append(sample.key)
        return make_file(sample, number, seed=seed)

    monkeypatch.setattr("collateral.demo.load.make_file", watched)
    monkeypatch.setattr("collateral.demo.adapted.make_file", watched)
    return made


@pytest.mark.either
def test_the_sample_comes_whole_goes_alone_and_can_come_back(app: Flask, made: list[str]) -> None:
    admin = factories.make_person(Role.ADMIN)
    own = factories.make_asset(owner=admin)
    requests.ask("Something of our own", by=admin, at=now())
    db.session.commit()
    before = {model: count(model) for model in OF_THE_SAMPLE}
    load_some()
    assert len(made) == count(AssetVersion) - 1 + count(Adaptation)
    everything_is_there()
    assets_are_described_as_the_catalogue_says()
    the_sums_are_those_of_the_events()
    links_are_there_with_what_became_of_them()
    assets_are_rated_and_flagged()
    open_deals_have_a_stage_and_closed_ones_a_day()
    one_of_each_role_can_be_signed_in()

    a_request_of_the_sample_is_taken_on()
    own.replacement_id = db.session.scalars(select(Asset.id).where(Asset.sample)).first()
    signed_in(sign_ins()["rep"], at=now(), how="password")
    db.session.commit()

    removed = remove()
    db.session.commit()
    assert (removed.assets, removed.deals) == (len(SOME), 500)
    assert (removed.people, removed.kept_people) == (29, 1)
    assert not present()
    assert {model: count(model) for model in OF_THE_SAMPLE} == before
    db.session.refresh(own)
    assert (own.owner_id, own.replacement_id) == (admin.id, None)
    # Who signed in stands in the audit trail.
    kept = db.session.scalars(select(Person).where(Person.id != admin.id)).one()
    assert (kept.email, kept.active) == ("rep@kelvane.example", False)

    load_some()
    assert count(Asset) == len(SOME) + 1
    assert count(Person) == 31
    assert all(db.session.scalars(select(Person.active)))


def a_request_of_the_sample_is_taken_on() -> None:
    """Those that the sample takes on itself were asked for longer ago than these days."""
    maker = sign_ins()["marketer"]
    found = db.session.scalars(select(Request).join(Request.by).where(Person.sample)).first()
    assert found is not None
    requests.take_on(found, maker=maker, due_on=now().date(), by=maker, at=now())
    assert count(ProductionStep) == 5


def everything_is_there() -> None:
    """And beside it the admin and the asset that were there before."""
    assets = db.session.scalars(select(Asset).where(Asset.sample)).all()
    assert {asset.title for asset in assets} == {sample.title for sample in SOME}
    assert count(Asset) == len(SOME) + 1
    assert all(asset.status is Status.PUBLISHED for asset in assets)
    of_the_sample = AssetVersion.asset_id.in_([asset.id for asset in assets])
    states = Counter(db.session.scalars(select(AssetVersion.state).where(of_the_sample)))
    assert states == {ReadingState.READY: sum(sample.versions for sample in SOME)}
    assert count(Person) == 31
    assert count(Team) == 4
    assert count(Deal) == 500
    assert count(StageChange) > 900
    assert count(Search) > 100
    assert db.session.scalars(select(DocketRun.judged)).one() == len(SOME)
    assert present()
    assert complete()


def assets_are_described_as_the_catalogue_says() -> None:
    by_title = {asset.title: asset for asset in db.session.scalars(select(Asset))}
    for sample in SOME:
        asset = by_title[sample.title]
        assert asset.summary == sample.summary
        assert set(asset.tags) == set(sample.tags)
        assert asset.cost_amount == sample.cost
        assert {team.name for team in asset.teams} == set(sample.teams)
        assert {term.label for term in asset.terms} == {
            sample.type, sample.language, *(one for some in sample.terms.values() for one in some)
        }  # fmt: skip
        assert asset.published_at is not None
        assert (AT - asset.published_at).days == sample.age
        assert asset.current_version is not None
        assert asset.current_version.number == sample.versions


def the_sums_are_those_of_the_events() -> None:
    shown = db.session.scalar(select(func.count()).where(Event.kind == EventKind.SHOWN))
    sent = db.session.scalar(select(func.count()).where(Event.kind == EventKind.SHARED))
    opened = select(func.count()).where(Event.kind == EventKind.OPENED, Event.kept)
    of_assets = select(
        func.sum(DailySum.shown),
        func.sum(DailySum.uses),
        func.sum(DailySum.shares),
        func.sum(DailySum.opens),
    ).where(DailySum.level == Level.ASSET)
    sums = db.session.execute(of_assets).one()
    assert tuple(sums) == (shown, count(Use), sent, db.session.scalar(opened))
    again = list(recount())
    assert not any(step.corrected for step in again)


def links_are_there_with_what_became_of_them() -> None:
    """Each visit that counts opened its assets; what a buyer saw first is a use of the deal."""
    assert count(Pack) == 1
    assert count(Request) > 3
    assert count(Share) > count(Seen) > 0
    assert count(Opening) > count(Visit) >= count(Seen)
    visits = db.session.scalars(select(Visit)).all()
    opened = db.session.execute(
        select(Event.session, Event.left_out).where(Event.kind == EventKind.OPENED)
    ).all()
    for visit in visits:
        assert visit.seconds == pytest.approx(sum(page.seconds for page in visit.pages))
        left_out = LeftOut.OWN_TEAM if visit.outcome is Became.OWN_TEAM else None
        assert any(
            f"/v{visit.id}/" in event.session and event.left_out is left_out for event in opened
        )
    observed = select(Use.deal_id, Use.asset_id, Use.person_id, Use.at).where(
        Use.evidence == Evidence.OBSERVED
    )
    seen = select(Share.deal_id, Seen.asset_id, Share.person_id, Seen.at).join(Share)
    assert set(db.session.execute(observed)) == set(db.session.execute(seen))


def assets_are_rated_and_flagged() -> None:
    """Of the few that are loaded: one rating, and a flag that its owner mended."""
    rated = db.session.execute(
        select(Asset.title, RatingSum.ratings, RatingSum.stars).join(
            RatingSum, RatingSum.asset_id == Asset.id
        )
    ).one()
    assert tuple(rated) == ("What does a stop cost you? A downtime sheet", 1, 4)
    assert db.session.scalars(select(Flag.state)).all() == [FlagState.MENDED]


def open_deals_have_a_stage_and_closed_ones_a_day() -> None:
    slugs = {"discovery", "evaluation", "proposal", "negotiation"}
    for deal in db.session.scalars(select(Deal)):
        assert deal.owner_id is not None
        if deal.outcome is Outcome.OPEN:
            assert deal.stage in slugs
            assert deal.next_call_at is not None
        else:
            assert deal.closed_on is not None
            assert deal.stages[-1].label.startswith("Closed")


def one_of_each_role_can_be_signed_in() -> None:
    people = sign_ins()
    assert list(people) == ["rep", "marketer", "manager", "admin"]
    assert Role.REP in people["rep"].roles
    assert people["rep"].email == "rep@kelvane.example"
    assert all(person.password_hash is None for person in people.values())
