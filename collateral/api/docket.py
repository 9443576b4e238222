"""The docket: proposals with their evidence, and decisions on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from collateral.accounts.permissions import Permission
from collateral.api.asset_reads import replacement_of
from collateral.api.auth import actor
from collateral.api.calls import Call
from collateral.api.paging import Paged, cursor_at, position_of
from collateral.api.shapes import Id, Money, Named, Somebody, money, named, somebody
from collateral.assets.queries import get_visible
from collateral.clock import now
from collateral.retirement import board, deciding
from collateral.retirement.board_rows import BoardRequest, Row, Show
from collateral.retirement.models import Choice, Decision, Stopped


class DocketQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    show: Annotated[
        Literal["open", "decided", "peace"],
        Meta(description="To decide, decided, or left in peace: too early to say."),
    ] = "open"
    stopped: (
        Literal[
            "never_shown",
            "shown_not_opened",
            "opened_not_used",
            "used_then_dropped",
            "recreated",
            "not_clear",
        ]
        | None
    ) = None


class DecisionShape(Struct, forbid_unknown_fields=True):
    """What was decided. `due_on` is the day of leaving search, or of being mended."""

    id: int
    decision: str
    reason: str
    by: Somebody | None
    at: datetime
    due_on: date | None
    replacement: Named | None


class SuccessorShape(Struct, forbid_unknown_fields=True):
    """What is used in the place of an asset that was dropped: in how many of the same deals since
    the fall (`deals` of `of`) and in the year before it."""

    asset: Named
    deals: int
    of: int
    deals_before: int
    of_before: int


class ProposalShape(Struct, forbid_unknown_fields=True):
    """An asset of the docket. `deals` passed by, `expected` uses in them, `wrong` is the
    probability that the asset is live after all."""

    asset: Named
    owner: Somebody | None
    standing: str
    deals: float
    expected: float
    uses: int
    downloads_and_opens: int
    shown: int
    views: int
    wrong: float
    stopped: str
    successor: SuccessorShape | None
    more_deals: int | None
    open_deals: int
    cost: Money | None
    decision: DecisionShape | None


class DocketShape(Struct, forbid_unknown_fields=True):
    """`proposes` is false where the owners are asked instead; `worked_out` is null before the
    first time."""

    items: list[ProposalShape]
    next: str | None
    total: int
    worked_out: datetime | None
    proposes: bool
    judged: int


class DecisionBody(Struct, forbid_unknown_fields=True):
    """`at_once` retires today, without the four weeks' warning."""

    decision: Literal["keep", "mend", "retire"]
    reason: Annotated[str, Meta(max_length=2000)] = ""
    replacement: Id | None = None
    at_once: bool = False
    months: (
        Annotated[
            list[Annotated[int, Meta(ge=1, le=12)]],
            Meta(max_length=12, description="For keep: the months in which it is of use."),
        ]
        | None
    ) = None


@Call(
    "GET",
    "/docket",
    permission=Permission.DOCKET,
    does="Assets proposed for retirement, the surest first, with their evidence.",
    query=DocketQuery,
    answers=DocketShape,
)
def get_docket(query: DocketQuery) -> DocketShape:
    page = int(position_of(query.cursor) or 1)
    found = board.board(
        actor(),
        BoardRequest(
            show=Show(query.show),
            stopped=Stopped(query.stopped) if query.stopped else None,
            page=page,
            limit=query.limit,
        ),
    )
    run = found.run
    return DocketShape(
        [_proposal(row) for row in found.rows],
        cursor_at(found.page + 1) if found.page < found.pages else None,
        found.total,
        run.at if run else None,
        bool(run and run.proposes),
        run.judged if run else 0,
    )


@Call(
    "POST",
    "/docket/<int:asset_id>/decision",
    permission=Permission.DOCKET,
    does="Keep, mend or retire an asset.",
    more="Keeping and retiring say why. Retiring takes effect in four weeks, with warnings to "
    "the owner, or at once.",
    body=DecisionBody,
    answers=DecisionShape,
    fails=(409,),
)
def decide_asset(asset_id: int, body: DecisionBody) -> DecisionShape:
    asset = get_visible(actor(), asset_id)
    decision = deciding.decide(
        asset,
        Choice(body.decision),
        by=actor(),
        at=now(),
        reason=body.reason,
        replacement=replacement_of(body.replacement, actor()),
        at_once=body.at_once,
        months=frozenset(body.months) if body.months else None,
    )
    return _decision(decision)


def _proposal(row: Row) -> ProposalShape:
    item, asset = row.item, row.asset
    return ProposalShape(
        Named(asset.id, asset.title),
        somebody(asset.owner),
        item.standing.value,
        round(item.deals, 1),
        round(item.expected, 2),
        item.uses,
        item.signs,
        item.shown,
        item.views,
        round(item.wrong, 4),
        item.stopped.value,
        _successor(row),
        item.more_deals,
        row.open_deals,
        money(asset.cost_amount, asset.cost_currency),
        _decision(row.decision) if row.decision else None,
    )


def _successor(row: Row) -> SuccessorShape | None:
    facts, asset = row.item.facts, row.successor
    if asset is None:
        return None
    return SuccessorShape(
        Named(asset.id, asset.title),
        facts["its_deals"],
        facts["deals"],
        facts["its_deals_before"],
        facts["deals_before"],
    )


def _decision(decision: Decision) -> DecisionShape:
    return DecisionShape(
        decision.id,
        decision.choice.value,
        decision.reason,
        somebody(decision.by),
        decision.at,
        decision.due_on,
        named(decision.replacement),
    )
