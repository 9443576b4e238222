"""A closed deal and what was used in it: asked once, answered in a glance.

What is known of a deal's uses comes from links, from what reps said and from the CRM. When
the deal is closed its owner sees all of it on one page, takes away what was not used, adds
what was, and is not asked again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets import queries as assets
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db, upsert
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome
from collateral.errors import WrongState
from collateral.usage.models import Event, EventKind, Evidence, Use
from collateral.usage.models_confirming import DealConfirmation, NoDeal
from collateral.usage.operations import declare_use, retract_use
from collateral.usage.queries import uses_of_deal

ASKED = timedelta(days=30)
"""For so long after its close a deal is asked about."""
OFFERED = 6


@dataclass(frozen=True)
class Offered:
    """An asset that may have been used: she downloaded it while the deal was open."""

    asset: Asset
    at: datetime


def unconfirmed(person: Person, at: datetime, limit: int = 3) -> Sequence[Deal]:
    """Her own deals that were closed lately and about which she has not been heard."""
    return db.session.scalars(
        select(Deal)
        .where(deals.own(person), *_asked_about(at))
        .order_by(Deal.closed_on.desc(), Deal.id)
        .limit(limit)
    ).all()


def to_ask(at: datetime) -> Sequence[Deal]:
    """All deals with an owner here that were closed lately and that nobody confirmed."""
    return db.session.scalars(
        select(Deal).where(Deal.owner_id.is_not(None), *_asked_about(at)).order_by(Deal.id)
    ).all()


def _asked_about(at: datetime) -> tuple[ColumnElement[bool], ...]:
    confirmed = select(DealConfirmation.deal_id).where(DealConfirmation.deal_id == Deal.id)
    return (
        Deal.outcome != Outcome.OPEN,
        Deal.closed_on >= (at - ASKED).date(),
        ~confirmed.exists(),
    )


def confirmation_of(deal: Deal) -> DealConfirmation | None:
    """Who confirmed the deal's uses, and when."""
    return db.session.get(DealConfirmation, deal.id)


def offered(deal: Deal, person: Person, *, limit: int | None = OFFERED) -> list[Offered]:
    """What she downloaded while the deal was open and is in no use of it, the latest first.

    What she said was for no deal, or for this or another one since, is left out.
    """
    used_since = select(Use.id).where(
        Use.asset_id == Event.asset_id,
        Use.person_id == person.id,
        Use.retracted_at.is_(None),
        (Use.deal_id == deal.id) | (Use.created_at >= Event.at),
    )
    for_none = select(NoDeal.asset_id).where(
        NoDeal.asset_id == Event.asset_id, NoDeal.person_id == person.id, NoDeal.at >= Event.at
    )
    latest = (
        select(Event.asset_id, func.max(Event.at).label("at"))
        .where(
            Event.who == f"p{person.id}",
            Event.kind == EventKind.DOWNLOADED,
            Event.left_out.is_(None),
            Event.day >= (deal.opened_on or deal.created_at.date()),
            Event.day <= (deal.closed_on or now().date()),
            (Event.deal_id.is_(None)) | (Event.deal_id == deal.id),
            ~used_since.exists(),
            ~for_none.exists(),
        )
        .group_by(Event.asset_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Asset, latest.c.at)
        .join(latest, latest.c.asset_id == Asset.id)
        .where(assets.visible(person))
        .order_by(latest.c.at.desc(), Asset.id)
        .limit(limit)
    )
    return [Offered(asset, at) for asset, at in rows]


def confirm(
    deal: Deal,
    *,
    keep: Collection[int],
    add: Collection[int],
    by: Person,
    at: datetime,
) -> tuple[int, int]:
    """Take her word for what was used in a closed deal, and ask no more.

    Args:
        keep: ids of uses that are right. Others of her own are taken back; those that
            others said or that a link observed stay as they are.
        add: ids of assets, of those `offered`, that were used as well.

    Returns:
        How many were taken back and how many were added.

    Raises:
        WrongState: the deal is still open.
    """
    if deal.outcome is Outcome.OPEN:
        raise WrongState(_("This deal is still open."))
    wrong = [
        use
        for use in uses_of_deal(deal, by)
        if use.id not in keep
        and use.evidence is not Evidence.OBSERVED
        and can(by, Permission.USE_CORRECT, use)
    ]
    # Before the others are taken back: then these would be offered, too, and push them out.
    chosen = [each for each in offered(deal, by, limit=None) if each.asset.id in add]
    for use in wrong:
        retract_use(use, by=by, at=at, reason="Said at the close of the deal")
    for each in chosen:
        declare_use(each.asset, deal, by=by, at=each.at)
    db.session.execute(
        upsert(DealConfirmation)
        .values(deal_id=deal.id, person_id=by.id, at=at)
        .on_conflict_do_update(index_elements=["deal_id"], set_={"person_id": by.id, "at": at})
    )
    return len(wrong), len(chosen)


def taken_back(deal: Deal, person: Person, *, limit: int = 100) -> Sequence[Use]:
    """What was said of the deal and taken back, the latest first: who, when and why."""
    return db.session.scalars(
        select(Use)
        .join(Asset, Asset.id == Use.asset_id)
        .where(Use.deal_id == deal.id, Use.retracted_at.is_not(None), assets.visible(person))
        .options(joinedload(Use.asset), joinedload(Use.person), joinedload(Use.retracted_by))
        .order_by(Use.retracted_at.desc(), Use.id.desc())
        .limit(limit)
    ).all()


def correct(use: Use, *, deal: Deal, stage: str, by: Person, at: datetime, reason: str = "") -> Use:
    """Say that a use was in another deal or at another stage.

    The use is taken back with the reason and stands in the log; the answer is a new one of the
    same moment, declared by the person.

    Raises:
        WrongState: it was taken back already, or nothing about it is different.
    """
    if (deal.id, stage) == (use.deal_id, use.stage):
        raise WrongState(_("Choose another deal or another stage."))
    retract_use(use, by=by, at=at, reason=reason.strip() or "Corrected")
    return declare_use(use.asset, deal, by=use.person, at=use.at, stage=stage, version=use.version)
