"""What hangs on assets: who took them, which open deals carry them, what leads to them. What
hangs on several of them is found and counted once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from collateral.accounts.models import Person
from collateral.adaptations.models import Adaptation
from collateral.adaptations.models import Status as AdaptationStatus
from collateral.assets.models import Asset, Status
from collateral.assets.queries import select_visible
from collateral.db import db, holds
from collateral.deals.models import Deal, Outcome
from collateral.deals.queries import visible as visible_deal
from collateral.sharing import queries as sharing
from collateral.sharing.models import Share
from collateral.usage.models import Event, EventKind, Use

NAMED = 20


@dataclass(frozen=True)
class Downloader:
    """Somebody who has a file, and when she last took one."""

    person: Person
    at: datetime


@dataclass(frozen=True)
class OpenDeal:
    """An open deal in which one of the assets was used, and when last."""

    deal: Deal
    at: datetime


def downloaders(asset_ids: Collection[int], *, since: date) -> list[Downloader]:
    """Those who downloaded any version since that day and are still here, latest first."""
    last = (
        select(Event.person_id, func.max(Event.at).label("at"))
        .where(
            Event.asset_id.in_(asset_ids),
            Event.day >= since,
            Event.kind == EventKind.DOWNLOADED,
            Event.left_out.is_(None),
            Event.person_id.is_not(None),
        )
        .group_by(Event.person_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Person, last.c.at)
        .join(last, last.c.person_id == Person.id)
        .where(Person.active)
        .order_by(last.c.at.desc())
    )
    return [Downloader(person, at) for person, at in rows]


def open_deals(asset_ids: Collection[int], actor: Person) -> tuple[list[OpenDeal], int]:
    """The open deals that carry them which the actor may see, latest use first, and how many
    there are altogether."""
    last = (
        select(Use.deal_id, func.max(Use.at).label("at"))
        .where(Use.asset_id.in_(asset_ids), Use.retracted_at.is_(None))
        .group_by(Use.deal_id)
        .subquery()
    )
    carrying = (
        select(Deal, last.c.at)
        .join(last, last.c.deal_id == Deal.id)
        .where(Deal.outcome == Outcome.OPEN)
    )
    total = db.session.scalar(select(func.count()).select_from(carrying.subquery())) or 0
    rows = db.session.execute(
        carrying.where(visible_deal(actor)).order_by(last.c.at.desc()).limit(NAMED)
    )
    return [OpenDeal(deal, at) for deal, at in rows], total


@dataclass(frozen=True)
class LiveShare:
    """A tracked link that opens and carries one of the assets."""

    share: Share
    deal: Deal | None


def live_shares(
    asset_ids: Collection[int], actor: Person, *, at: datetime
) -> tuple[list[LiveShare], int]:
    """The live links that carry them which the actor may see, and how many there are in all."""
    every = sharing.links_with(asset_ids, at)
    seen = set(
        db.session.scalars(
            sharing.select_visible(actor)
            .where(Share.id.in_([share.id for share in every]))
            .with_only_columns(Share.id)
        )
    )
    named = [LiveShare(share, share.deal) for share in every if share.id in seen]
    return named[:NAMED], len(every)


def adaptation_count(asset_ids: Collection[int]) -> int:
    """How many adaptations of them were handed in."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Adaptation.asset_id.in_(asset_ids), Adaptation.status != AdaptationStatus.PRIVATE
            )
        )
        or 0
    )


def led_here(asset_ids: Collection[int], actor: Person) -> list[Asset]:
    """The retired assets whose address leads to one of these."""
    return list(
        db.session.scalars(
            select_visible(actor)
            .where(Asset.replacement_id.in_(asset_ids), Asset.status == Status.RETIRED)
            .order_by(Asset.title)
            .limit(NAMED)
        )
    )


def possible_replacements(asset: Asset, actor: Person, words: str, limit: int = 10) -> list[Asset]:
    """Published assets whose title has all the words, newest first."""
    query = select_visible(actor).where(Asset.status == Status.PUBLISHED, Asset.id != asset.id)
    for word in words.split()[:8]:
        query = query.where(holds(Asset.title, word))
    return list(
        db.session.scalars(query.order_by(Asset.published_at.desc(), Asset.id.desc()).limit(limit))
    )
