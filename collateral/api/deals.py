"""Deals: read, changed, and told what was used in them."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import joinedload, selectinload

from collateral.accounts.permissions import Permission
from collateral.adaptations import operations as adapting
from collateral.adaptations import queries as adaptations
from collateral.api.auth import actor
from collateral.api.calls import Answer, Call
from collateral.api.conditions import check_tag
from collateral.api.deal_shapes import (
    DealDetail,
    DealGiven,
    DealSummary,
    Moment,
    UseDetail,
    as_words,
    deal_detail,
    deal_summary,
    use_shape,
)
from collateral.api.paging import Paged, cursor_at, position_of
from collateral.api.shapes import Id, address
from collateral.api.share_reads import sent_in
from collateral.assets import queries as assets
from collateral.assets.models import AssetVersion
from collateral.clock import now
from collateral.db import db, is_id, table
from collateral.deals import queries
from collateral.deals.models import Deal, Outcome, RowResult
from collateral.deals.one_deal import upsert_deal
from collateral.errors import Invalid, NotFound
from collateral.sharing.visited import counts_in
from collateral.usage import operations as usage
from collateral.usage.models import Evidence
from collateral.usage.queries import use_counts, uses_of_deal


class DealQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which deals; the newest first."""

    q: Annotated[str, Meta(max_length=200)] = ""
    outcome: Outcome | None = None
    stage: Annotated[str, Meta(max_length=80)] | None = None
    external_id: Annotated[str, Meta(max_length=100)] | None = None
    mine: Annotated[bool, Meta(description="The caller's own alone.")] = False


class Deals(Struct, forbid_unknown_fields=True):
    """Some of the deals that the caller may see."""

    items: list[DealSummary]
    total: int
    next: str | None


class Source(Struct, forbid_unknown_fields=True):
    source: (
        Annotated[str, Meta(min_length=1, max_length=40, description="Whose id it is.")] | None
    ) = None


class NewUse(Struct, forbid_unknown_fields=True):
    """Of an `asset`, or of an `adaptation` of one's own. `stage`: slug of the stage, else the one
    that the deal was in; `at`: else now."""

    asset: Id | None = None
    adaptation: Id | None = None
    version: Id | None = None
    stage: Annotated[str, Meta(max_length=80)] | None = None
    at: Moment | None = None
    evidence: Evidence = Evidence.DECLARED


@Call(
    "GET",
    "/deals",
    permission=Permission.DEAL_READ,
    does="The deals that one may see.",
    query=DealQuery,
    answers=Deals,
)
def list_deals(query: DealQuery) -> Deals:
    wanted = _matching(query)
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    before = position_of(query.cursor)
    if before is not None:
        wanted = wanted.where(Deal.id < before)
    found = db.session.scalars(
        wanted.options(joinedload(Deal.owner)).order_by(Deal.id.desc()).limit(query.limit + 1)
    ).all()
    here = found[: query.limit]
    ids = [deal.id for deal in here]
    uses, sent = use_counts(ids, actor()), counts_in(ids, actor())
    return Deals(
        items=[
            deal_summary(deal, uses.get(deal.id, 0), *sent.get(deal.id, (0, 0))) for deal in here
        ],
        total=total,
        next=cursor_at(here[-1].id) if len(found) > len(here) else None,
    )


def _matching(query: DealQuery) -> Select[Deal]:
    """The deals that the caller may see, as the query narrows them."""
    wanted = queries.select_visible(actor())
    if query.mine:
        wanted = wanted.where(queries.own(actor()))
    if query.outcome:
        wanted = wanted.where(Deal.outcome == query.outcome)
    if query.stage:
        wanted = wanted.where(Deal.stage == query.stage)
    if query.external_id:
        wanted = wanted.where(Deal.external_id == query.external_id)
    for word in query.q.split()[:8]:
        wanted = wanted.where(queries.matches(word))
    return wanted


@Call(
    "GET",
    "/deals/<crm_id:deal>",
    permission=Permission.DEAL_READ,
    does="One deal, with what was used in it, what was sent and what buyers read.",
    more="By our id, or by the CRM's where no deal has that number here.",
    answers=DealDetail,
    edits=True,
)
def get_deal(deal: str) -> Answer:
    return _answer(find_deal(deal))


@Call(
    "PUT",
    "/deals/<crm_id:deal>",
    permission=Permission.DEAL_IMPORT,
    does="Make the deal of that id in the CRM, or change what is given of it.",
    more="Where `source` is not named, the deal of that id is changed wherever it came from.",
    query=Source,
    body=DealGiven,
    answers=DealDetail,
    statuses=(200, 201),
    edits=True,
)
def put_deal(deal: str, query: Source, body: DealGiven) -> Answer:
    known = _hold(deal, query.source)
    check_tag(_tag(known) if known else None)
    stored, result = upsert_deal(
        deal,
        as_words(body),
        source=query.source or (known.source if known else "api"),
        at=now(),
        history=[(given.stage, given.at) for given in body.stages],
    )
    return _answer(stored, created=result is RowResult.NEW)


@Call(
    "POST",
    "/deals/<crm_id:deal>/uses",
    permission=Permission.USE_DECLARE,
    does="Say that an asset was used in a deal.",
    more="Once for each stage and person: saying it again answers the use that is there.",
    body=NewUse,
    answers=UseDetail,
    statuses=(201,),
)
def create_use(deal: str, body: NewUse) -> UseDetail:
    found = find_deal(deal)
    if (body.asset is None) == (body.adaptation is None):
        raise Invalid("Name an asset or an adaptation.", fields={"asset": "One of the two."})
    if body.adaptation is not None:
        adaptation = adaptations.get_visible(actor(), body.adaptation)
        use = adapting.declare_use(
            adaptation, found, by=actor(), at=body.at or now(), stage=body.stage
        )
        return use_shape(use, found, _numbers([use]).get(use.version_id or 0))
    asset = assets.get_visible(actor(), body.asset or 0)
    version = assets.get_version(asset, body.version) if body.version else None
    use = usage.declare_use(
        asset,
        found,
        by=actor(),
        at=body.at or now(),
        stage=body.stage,
        evidence=body.evidence,
        version=version,
    )
    return use_shape(use, found, _numbers([use]).get(use.version_id or 0))


def find_deal(text: str) -> Deal:
    """By our id, else by the CRM's."""
    options = (joinedload(Deal.owner), selectinload(Deal.stages))
    if is_id(text):
        found = db.session.scalar(
            queries.select_visible(actor()).where(Deal.id == int(text)).options(*options)
        )
        if found is not None:
            return found
    return queries.find_visible(actor(), text)


def _hold(external_id: str, source: str | None) -> Deal | None:
    """The deal of that id, which nobody else changes until we are done; None for a new one.

    Raises:
        NotFound: several sources share the id, and none was named.
    """
    theirs = Deal.external_id == external_id
    wanted = theirs if source is None else (theirs & (Deal.source == source))
    deals = table(Deal)
    # A write that changes nothing: it waits for other writers, and what is read then is last.
    db.session.execute(
        update(deals).where(deals.c.external_id == external_id).values(external_id=external_id)
    )
    found = db.session.scalars(select(Deal).where(wanted).limit(2)).all()
    if len(found) > 1:
        raise NotFound("Several sources have a deal of that id; name the source.")
    return found[0] if found else None


def _answer(deal: Deal, *, created: bool = False) -> Answer:
    db.session.flush()
    used = uses_of_deal(deal, actor())
    numbers = _numbers(used)
    shapes = [use_shape(use, deal, numbers.get(use.version_id or 0)) for use in used]
    headers = {"ETag": _tag(deal)}
    if created:
        headers["Location"] = address(f"/deals/{deal.id}")
    shares, visits = counts_in([deal.id], actor()).get(deal.id, (0, 0))
    detail = deal_detail(deal, shapes, sent_in(deal, actor(), now()), shares, visits)
    return Answer(detail, headers, 201 if created else 200)


def _numbers(uses: Any) -> dict[int, int]:
    """The numbers of the versions that were used. One query."""
    ids = {use.version_id for use in uses if use.version_id}
    rows = db.session.execute(
        select(AssetVersion.id, AssetVersion.number).where(AssetVersion.id.in_(ids))
    )
    return {row.id: row.number for row in rows}


def _tag(deal: Deal) -> str:
    """Changes with each change of the deal and its stages."""
    said = f"{deal.id} {deal.updated_at.isoformat()} {len(deal.stages)}"
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'
