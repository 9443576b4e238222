"""How deals and uses look here, and what is taken of a deal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, field

from collateral.api.shapes import Money, Named, Somebody, money, somebody
from collateral.api.share_shapes import ShareInDeal
from collateral.deals.models import Deal, Outcome
from collateral.usage.models import Evidence, Use

Line = Annotated[str, Meta(max_length=300)]
Owner = Annotated[str, Meta(max_length=200, description="E-mail, or name.")]
Label = Annotated[str, Meta(max_length=120)]
Moment = Annotated[datetime, Meta(tz=True)]


class StageReached(Struct, forbid_unknown_fields=True):
    """When a deal reached a stage. `stage` is a slug of ours, or empty; `label` the CRM's word."""

    stage: str
    label: str
    at: datetime


class UseDetail(Struct, forbid_unknown_fields=True):
    """An asset's use in a deal. `evidence` says how it is known."""

    id: int
    asset: Named
    version: int | None
    deal: Named
    stage: str
    at: datetime
    evidence: Evidence
    person: Somebody | None


class DealSummary(Struct, forbid_unknown_fields=True):
    """A deal. `stage` is a slug of ours, or empty; `stage_label` the CRM's word for it.
    `uses`: how many assets were used in it; `shares` and `visits`: links that were sent in it,
    and how often buyers read them."""

    id: int
    external_id: str
    source: str
    name: str
    account: str
    owner: Somebody | None
    owner_email: str
    stage: str
    stage_label: str
    outcome: Outcome
    amount: Money | None
    industry: str
    product: str
    region: str
    opened_on: date | None
    closed_on: date | None
    expected_on: date | None
    next_call_at: datetime | None
    updated_at: datetime
    uses: int
    shares: int
    visits: int


class DealDetail(DealSummary, forbid_unknown_fields=True):
    """A deal with the stages that it went through, what was used in it, and what was sent, the
    latest link first with the latest of its visits."""

    stages: list[StageReached]
    used: list[UseDetail]
    sent: list[ShareInDeal]


class StageGiven(Struct, forbid_unknown_fields=True):
    """A stage that the deal went through, as the CRM calls it."""

    stage: Annotated[str, Meta(min_length=1, max_length=120)]
    at: Moment


class DealGiven(Struct, forbid_unknown_fields=True):
    """What is known of a deal; what is left out stays, null empties. A new one needs `name`
    and `stage`. `closed_on` of an open deal is when it is expected to close."""

    name: Annotated[str, Meta(min_length=1, max_length=300)] | UnsetType = UNSET
    account: Line | UnsetType | None = UNSET
    owner: Owner | UnsetType | None = UNSET
    stage: Annotated[str, Meta(min_length=1, max_length=120)] | UnsetType = UNSET
    outcome: Outcome | UnsetType = UNSET
    amount: Money | UnsetType | None = UNSET
    industry: Label | UnsetType | None = UNSET
    product: Label | UnsetType | None = UNSET
    region: Label | UnsetType | None = UNSET
    opened_on: date | UnsetType | None = UNSET
    closed_on: date | UnsetType | None = UNSET
    next_call_at: Moment | UnsetType | None = UNSET
    stages: Annotated[list[StageGiven], Meta(max_length=100)] = field(default_factory=list)


def as_words(given: DealGiven) -> dict[str, str | None]:
    """The fields as the deals' own operation reads them: words, as in a file."""
    words: dict[str, str | None] = {}
    for name in ("name", "account", "owner", "stage", "industry", "product", "region"):
        value = getattr(given, name)
        if value is not UNSET:
            words[name] = value
    for name in ("opened_on", "closed_on", "next_call_at"):
        value = getattr(given, name)
        if value is not UNSET:
            words[name] = value.isoformat() if value else None
    if given.amount is not UNSET:
        words["amount"] = given.amount.amount if given.amount else None
        words["currency"] = given.amount.currency if given.amount else None
    if given.outcome is not UNSET:
        words["won"] = "true" if given.outcome is Outcome.WON else "false"
        words["closed"] = "false" if given.outcome is Outcome.OPEN else "true"
    return words


def use_shape(use: Use, deal: Deal, version: int | None) -> UseDetail:
    return UseDetail(
        id=use.id,
        asset=Named(use.asset.id, use.asset.title),
        version=version,
        deal=Named(deal.id, deal.name),
        stage=use.stage,
        at=use.at,
        evidence=use.evidence,
        person=somebody(use.person),
    )


def deal_summary(deal: Deal, uses: int, shares: int, visits: int) -> DealSummary:
    return DealSummary(**_values(deal), uses=uses, shares=shares, visits=visits)


def deal_detail(
    deal: Deal, used: Sequence[UseDetail], sent: Sequence[ShareInDeal], shares: int, visits: int
) -> DealDetail:
    return DealDetail(
        **_values(deal),
        uses=len({use.asset.id for use in used}),
        shares=shares,
        visits=visits,
        stages=[StageReached(move.stage, move.label, move.at) for move in deal.stages],
        used=list(used),
        sent=list(sent),
    )


def _values(deal: Deal) -> dict[str, Any]:
    same = (
        "id external_id source name account owner_email stage stage_label outcome industry "
        "product region opened_on closed_on expected_on next_call_at updated_at"
    )
    return {
        **{name: getattr(deal, name) for name in same.split()},
        "owner": somebody(deal.owner),
        "amount": money(deal.amount, deal.currency),
    }
