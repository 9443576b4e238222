"""Retiring is safe to do and to undo."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select

from collateral.accounts.models import AuditEntry, Role
from collateral.assets.models import Asset, Status
from collateral.assets.succession import successor
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid, WrongState
from collateral.retirement import operations
from collateral.usage import operations as usage
from collateral.usage.models import EventKind
from tests.factories import make_asset, make_deal, make_person, make_team
from tests.support import SignedInClient, Visitor

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@pytest.fixture
def marketer(visitor: Visitor) -> SignedInClient:
    return visitor.as_(make_person(Role.MARKETER, name="Ines Duarte"))


@pytest.fixture
def rep(visitor: Visitor) -> SignedInClient:
    return visitor.as_(make_person(Role.REP))


def state_of(asset: Asset) -> dict[str, Any]:
    """Every column, but for the two that tell search where it stands."""
    db.session.refresh(asset)
    columns = {attribute.key for attribute in inspect(Asset).column_attrs}
    return {name: getattr(asset, name) for name in columns - {"revision", "indexed_revision"}}


@pytest.fixture
def pair(app: Flask) -> tuple[Asset, Asset]:
    """An asset with tags and a team, and another that may take its place."""
    return make_asset(tags=["roi"], teams=[make_team()]), make_asset()


@pytest.mark.either
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    status=st.sampled_from([Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED]),
    published_at=st.none() | MOMENTS,
    waiting=st.booleans(),
    cost=st.none() | st.decimals(0, 10_000, places=2),
    review_on=st.none() | DAYS,
    expires_on=st.none() | DAYS,
    edits=st.integers(1, 50),
    replaced=st.booleans(),
)
def test_restoring_undoes_retiring_whatever_it_was(
    pair: tuple[Asset, Asset],
    status: Status,
    published_at: datetime | None,
    waiting: bool,
    cost: Decimal | None,
    review_on: date | None,
    expires_on: date | None,
    edits: int,
    replaced: bool,
) -> None:
    random.seed()  # hypothesis holds it still, and the index names its files by chance
    asset, other = pair
    asset.status, asset.published_at = status, published_at
    asset.publish_when_ready = waiting
    asset.cost_amount, asset.cost_currency = cost, None if cost is None else "EUR"
    asset.review_on, asset.expires_on, asset.edits = review_on, expires_on, edits
    db.session.commit()
    before, tags, teams = state_of(asset), list(asset.tags), list(asset.teams)
    replacement = other if replaced else None
    operations.retire(asset, by=asset.owner, at=now(), reason="Old", replacement=replacement)
    db.session.commit()
    assert state_of(asset) != before
    operations.restore(asset, by=asset.owner, at=now())
    db.session.commit()
    assert state_of(asset) == before
    assert (list(asset.tags), list(asset.teams)) == (tags, teams)


def test_a_retired_asset_leads_to_its_replacement(
    marketer: SignedInClient, rep: SignedInClient
) -> None:
    old, new = make_asset("The old deck"), make_asset("The new deck")
    revision = old.revision
    answer = marketer.post(
        f"/assets/{old.id}/retire",
        data={"reason": "Prices changed", "replacement": str(new.id)},
        follow_redirects=True,
    )
    assert "Retired “The old deck”" in answer.text
    assert f"/assets/{old.id}/restore" in answer.text
    db.session.refresh(old)
    assert old.status is Status.RETIRED
    assert old.revision > revision  # search looks at it again at once
    page = rep.get(f"/assets/{old.id}")
    assert page.status_code == 200
    assert f'href="/assets/{new.id}"' in page.text
    assert "Prices changed" in page.text
    assert rep.get(f"/assets/{old.id}/file", buffered=True).status_code == 200
    assert f"/assets/{old.id}/use" not in page.text


def test_one_click_brings_it_back(marketer: SignedInClient) -> None:
    asset = make_asset()
    before = state_of(asset)
    marketer.post(f"/assets/{asset.id}/retire", data={"reason": "A mistake"})
    answer = marketer.post(f"/assets/{asset.id}/restore", follow_redirects=True)
    assert "is back as it was" in answer.text
    assert state_of(asset) == before
    trail = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert trail[-2:] == ["asset.retired", "asset.restored"]
    assert marketer.post(f"/assets/{asset.id}/restore").status_code == 409


def test_the_dry_run_changes_nothing_and_tells_everything(
    app: Flask, visitor: Visitor, marketer: SignedInClient
) -> None:
    daniel = make_person(Role.REP, name="Daniel Kerr")
    asset, new = make_asset(), make_asset("The new deck")
    lindau = make_deal(daniel, "Brauwerk Lindau")
    usage.declare_use(asset, lindau, by=daniel, at=now())
    db.session.commit()
    visitor.as_(daniel).get(f"/assets/{asset.id}/file", buffered=True)
    before = state_of(asset)
    page = marketer.get(f"/assets/{asset.id}/retire?replacement={new.id}")
    for words in ("Brauwerk Lindau", "Daniel Kerr", "1 open deal", "1 person", "The new deck"):
        assert words in page.text
    assert state_of(asset) == before


def test_deals_that_one_may_not_see_are_counted_and_not_named(app: Flask) -> None:
    owner = make_person(Role.REP)
    asset = make_asset(owner=owner)
    theirs = make_deal(make_person(Role.REP), "Vantor Steel")
    usage.declare_use(asset, theirs, by=make_person(Role.MANAGER), at=now())
    db.session.commit()
    plan = operations.plan([asset], owner, at=now())
    assert (plan.open_deals, plan.open_deal_count) == ([], 1)


def test_reps_cannot_retire_what_is_not_theirs(rep: SignedInClient) -> None:
    asset = make_asset()
    assert rep.get(f"/assets/{asset.id}/retire").status_code == 403
    assert rep.post(f"/assets/{asset.id}/retire", data={"reason": "x"}).status_code == 403
    assert rep.post(f"/assets/{asset.id}/restore").status_code == 403
    db.session.refresh(asset)
    assert asset.status is Status.PUBLISHED


def test_a_reason_is_asked_for(marketer: SignedInClient) -> None:
    asset = make_asset()
    answer = marketer.post(f"/assets/{asset.id}/retire", data={"reason": "  "})
    assert answer.status_code == 400
    assert "Say why" in answer.text
    db.session.refresh(asset)
    assert asset.status is Status.PUBLISHED


@pytest.mark.parametrize("wrong", ["itself", "draft", "missing", "nonsense"])
def test_only_something_published_takes_its_place(marketer: SignedInClient, wrong: str) -> None:
    asset = make_asset()
    chosen = {
        "itself": str(asset.id),
        "draft": str(make_asset(status=Status.DRAFT).id),
        "missing": "99999",
        "nonsense": "the new one",
    }[wrong]
    answer = marketer.post(
        f"/assets/{asset.id}/retire", data={"reason": "Old", "replacement": chosen}
    )
    assert answer.status_code == 400
    db.session.refresh(asset)
    assert asset.status is Status.PUBLISHED


def test_the_chain_of_replacements_leads_to_what_is_live(app: Flask) -> None:
    first, second, third = make_asset("First"), make_asset("Second"), make_asset("Third")
    for old, new in ((first, second), (second, third)):
        operations.retire(old, by=old.owner, at=now(), reason="Old", replacement=new)
        db.session.commit()
    reader = make_person(Role.REP)
    found = successor(first, reader)
    assert found is not None
    assert found.title == "Third"
    operations.retire(third, by=third.owner, at=now(), reason="Old")
    db.session.commit()
    assert successor(first, reader) is None


def test_what_is_retired_is_not_retired_again(app: Flask) -> None:
    asset = make_asset()
    operations.retire(asset, by=asset.owner, at=now(), reason="Old")
    with pytest.raises(WrongState):
        operations.retire(asset, by=asset.owner, at=now(), reason="Old")
    with pytest.raises(WrongState):
        operations.plan([asset], asset.owner, at=now())
    with pytest.raises(Invalid):
        operations.retire(make_asset(), by=asset.owner, at=now(), reason="")


def test_downloads_by_a_robot_are_nobodys(app: Flask) -> None:
    asset, person = make_asset(), make_person(Role.REP)
    version = asset.versions[0]
    for agent in ("curl/8.5 bot", "Googlebot/2.1 (+http://www.google.com/bot.html)"):
        usage.record(
            EventKind.DOWNLOADED,
            version=version,
            person=person,
            session_key="s1",
            user_agent=agent,
            at=now(),
        )
    db.session.commit()
    assert operations.plan([asset], asset.owner, at=now()).downloader_count == 0
