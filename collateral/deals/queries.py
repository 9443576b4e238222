"""Reads of deals. Everything starts from what the person may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select, true
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person, TeamMember
from collateral.accounts.permissions import Permission, can
from collateral.assets.models import Asset, Vocabulary
from collateral.clock import now
from collateral.db import db, holds
from collateral.deals.models import Deal, ImportRow, ImportRun, Outcome, RowResult, StageChange
from collateral.errors import NotFound

OVER = timedelta(hours=12)
"""A call that began so long ago is over."""


def visible(person: Person) -> ColumnElement[bool]:
    """The condition under which a deal exists for the person.

    Reps see their own and those of the people in their teams; who may read all sees all.
    """
    if can(person, Permission.DEAL_READ_ALL):
        return true()
    if not person.team_ids:
        return own(person)
    mates = select(TeamMember.person_id).where(TeamMember.team_id.in_(person.team_ids))
    return or_(own(person), Deal.owner_id.in_(mates))


VISIBLE = or_(
    Deal.owner_id == bindparam("person_id"),
    Deal.owner_email == bindparam("email"),
    Deal.owner_id.in_(
        select(TeamMember.person_id).where(
            TeamMember.team_id.in_(bindparam("team_ids", expanding=True))
        )
    ),
)
"""`visible` for statements that are made once: who asks comes with `asking`. Only where the person
may not read all."""


def asking(person: Person) -> dict[str, Any]:
    """The values for `VISIBLE`."""
    return {"person_id": person.id, "email": person.email, "team_ids": sorted(person.team_ids)}


def own(person: Person) -> ColumnElement[bool]:
    """The condition for the person's own deals."""
    return or_(Deal.owner_id == person.id, Deal.owner_email == person.email)


def select_visible(person: Person) -> Select[Deal]:
    """The deals that the person may see, to be narrowed further."""
    return select(Deal).where(visible(person))


def sees_any(person: Person) -> bool:
    """Whether there is any deal for her to see, whatever its outcome."""
    return db.session.scalar(select_visible(person).with_only_columns(Deal.id).limit(1)) is not None


def get_visible(person: Person, deal_id: int, *options: Any) -> Deal:
    """One deal. Raises NotFound when it does not exist for the person."""
    deal = db.session.scalar(select_visible(person).where(Deal.id == deal_id).options(*options))
    if deal is None:
        raise NotFound(_("There is no such deal."))
    return deal


def find_visible(person: Person, external_id: str, source: str | None = None) -> Deal:
    """One deal by the CRM's id. Raises NotFound; also when two sources share the id."""
    query = select_visible(person).where(Deal.external_id == external_id)
    if source is not None:
        query = query.where(Deal.source == source)
    found = db.session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise NotFound(_("There is no such deal."))
    return found[0]


def matches(word: str) -> ColumnElement[bool]:
    """The condition that a word stands in the deal's name, account, id or owner's name."""
    columns = (Deal.name, Deal.account, Deal.external_id, Deal.owner_name)
    return or_(*(holds(column, word) for column in columns))


def find_open(person: Person, q: str, limit: int = 10) -> Sequence[Deal]:
    """Open deals that the person may see with all the words, her own first."""
    query = select_visible(person).where(Deal.outcome == Outcome.OPEN)
    for word in q.split()[:8]:
        query = query.where(matches(word))
    mine = case((own(person), 0), else_=1)
    return db.session.scalars(
        query.order_by(mine, Deal.next_call_at.asc().nulls_last(), func.lower(Deal.name)).limit(
            limit
        )
    ).all()


@dataclass(frozen=True)
class LikelyDeal:
    """An open deal in which an asset may be used next, and why it stands here."""

    deal: Deal
    matches: list[str] = field(default_factory=list)
    """Labels of the asset's terms that fit the deal."""


def likely_deals(
    person: Person, asset: Asset | None, limit: int = 5, *, at: datetime | None = None
) -> list[LikelyDeal]:
    """The person's own open deals, the likeliest first: next call soonest, then by the terms.

    A call that is over counts as none. At most the 200 deals with the nearest calls are
    looked at. `at` is the present where it is not given.
    """
    at = at or now()
    return _likeliest(_own_open(person, at), asset, at)[:limit]


def likely_for_each(
    person: Person, assets: Sequence[Asset], limit: int, *, at: datetime
) -> dict[int, list[LikelyDeal]]:
    """The same for several assets, by asset id. One query for the deals."""
    found = _own_open(person, at)
    return {asset.id: _likeliest(found, asset, at)[:limit] for asset in assets}


_TO_COME = case((Deal.next_call_at >= bindparam("since"), Deal.next_call_at), else_=None)
_OWN_OPEN = (
    select(Deal)
    .where(
        or_(Deal.owner_id == bindparam("person_id"), Deal.owner_email == bindparam("email")),
        Deal.outcome == Outcome.OPEN,
    )
    .order_by(_TO_COME.asc().nulls_last(), func.lower(Deal.name))
    .limit(200)
)


def _own_open(person: Person, at: datetime) -> Sequence[Deal]:
    asked = {"person_id": person.id, "email": person.email, "since": at - OVER}
    return db.session.scalars(_OWN_OPEN, asked).all()


def _likeliest(found: Sequence[Deal], asset: Asset | None, at: datetime) -> list[LikelyDeal]:
    terms: dict[str, dict[str, str]] = {}
    for term in asset.terms if asset else []:
        terms.setdefault(term.vocabulary.value, {})[term.slug] = term.label

    def order(item: LikelyDeal) -> tuple[float, int, str]:
        call = item.deal.next_call_at
        days = (call.date() - at.date()).days if call and call >= at - OVER else float("inf")
        return days, -len(item.matches), item.deal.name.lower()

    return sorted((LikelyDeal(deal, _fits(deal, terms)) for deal in found), key=order)


def _fits(deal: Deal, terms: dict[str, dict[str, str]]) -> list[str]:
    return [
        terms[vocabulary.value][slug]
        for vocabulary, slug in (
            (Vocabulary.STAGE, deal.stage),
            (Vocabulary.INDUSTRY, deal.industry),
            (Vocabulary.PRODUCT, deal.product),
            (Vocabulary.REGION, deal.region),
        )
        if slug in terms.get(vocabulary.value, {})
    ]


def stage_at(deal: Deal, moment: datetime) -> str:
    """The slug of the stage that the deal was in then; "" where its history does not say."""
    return (
        db.session.scalar(
            select(StageChange.stage)
            .where(StageChange.deal_id == deal.id, StageChange.at <= moment)
            .order_by(StageChange.at.desc(), StageChange.id.desc())
            .limit(1)
        )
        or ""
    )


def get_run(run_id: int) -> ImportRun:
    """One import. Raises NotFound."""
    run = db.session.get(ImportRun, run_id)
    if run is None:
        raise NotFound(_("There is no such import."))
    return run


def recent_runs(limit: int = 10) -> Sequence[ImportRun]:
    """The latest imports, newest first."""
    return db.session.scalars(
        select(ImportRun)
        .options(joinedload(ImportRun.by))
        .order_by(ImportRun.id.desc())
        .limit(limit)
    ).all()


def run_rows(
    run: ImportRun, *, result: RowResult | None = None, after: int = 0, limit: int = 200
) -> Sequence[ImportRow]:
    """The lines of an import in the file's order, from behind line `after`.

    Lines that changed nothing are counted in the run and not listed.
    """
    query = select(ImportRow).where(ImportRow.run_id == run.id, ImportRow.line > after)
    if result:
        query = query.where(ImportRow.result == result)
    return db.session.scalars(query.order_by(ImportRow.line).limit(limit)).all()
