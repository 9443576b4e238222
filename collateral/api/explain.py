"""The events behind a number, and those left out."""

from __future__ import annotations

from collateral.accounts.permissions import Permission
from collateral.api.auth import actor
from collateral.api.calls import call
from collateral.api.report_shapes import Behind, Explained, ExplainQuery, LeftOutCounts
from collateral.api.reports import asked, next_page, page_of
from collateral.api.shapes import Named
from collateral.assets.models import Asset
from collateral.assets.queries import get_visible
from collateral.reports.asking import ReportRequest
from collateral.usage import explaining
from collateral.usage.models import Use
from collateral.usage.team_sets import scope_of

OF_USES = ("uses", "deals")


@call(
    "GET",
    "/explain/<metric>",
    permission=Permission.REPORT_READ,
    does="What a number of an asset is made of.",
    more="The metric is `shown`, `views`, `unique_views`, `downloads`, `unique_downloads`, "
    "`shares`, `opens`, `unique_opens`, `uses` or `deals`.",
    query=ExplainQuery,
    answers=Explained,
)
def explain(metric: str, query: ExplainQuery) -> Explained:
    wanted = asked(query)
    asset = get_visible(actor(), query.asset)
    page, limit = page_of(query.cursor, query.limit)
    if metric in OF_USES:
        return _of_uses(asset, metric, wanted, page, limit)
    return _of_events(asset, metric, wanted, page, limit)


def _of_events(
    asset: Asset, metric: str, wanted: ReportRequest, page: int, limit: int
) -> Explained:
    scope = scope_of(actor(), wanted.team_id)
    found = explaining.explain(asset, metric, scope, wanted.period)
    events = explaining.events(asset, metric, scope, wanted.period, page=page, limit=limit)
    return Explained(
        metric=metric,
        asset=Named(asset.id, asset.title),
        first=wanted.period.first,
        last=wanted.period.last,
        found=found.found,
        left_out=LeftOutCounts(
            found.double_clicks, found.robots, found.own_team, found.withdrawn, found.repeated
        ),
        counted=found.counted,
        dropped_before=found.dropped_before,
        items=[
            Behind(
                id=event.id,
                at=event.at,
                kind=event.kind.value,
                person=event.person,
                outcome=event.outcome,
                version=event.version,
            )
            for event in events
        ],
        total=found.found,
        next=next_page(page, -(-found.found // limit), limit),
    )


def _of_uses(asset: Asset, metric: str, wanted: ReportRequest, page: int, limit: int) -> Explained:
    """Of several uses in a deal, `deals` counts the first."""
    scope = scope_of(actor(), wanted.team_id)
    uses = list(reversed(explaining.uses(asset, scope, wanted.period, actor(), stage=wanted.stage)))
    outcomes: list[str] = []
    seen: set[int] = set()
    for use in uses:
        if use.retracted_at is not None:
            outcomes.append("withdrawn")
        elif metric == "deals" and use.deal_id in seen:
            outcomes.append("repeated")
        else:
            outcomes.append("counted")
            seen.add(use.deal_id)
    start = (page - 1) * limit
    items = [_behind(use, outcome) for use, outcome in zip(uses, outcomes, strict=True)][::-1]
    return Explained(
        metric=metric,
        asset=Named(asset.id, asset.title),
        first=wanted.period.first,
        last=wanted.period.last,
        found=len(uses),
        left_out=LeftOutCounts(0, 0, 0, outcomes.count("withdrawn"), outcomes.count("repeated")),
        counted=outcomes.count("counted"),
        dropped_before=None,
        items=items[start : start + limit],
        total=len(uses),
        next=next_page(page, -(-len(uses) // limit), limit),
    )


def _behind(use: Use, outcome: str) -> Behind:
    return Behind(
        id=use.id,
        at=use.at,
        kind="use",
        person=use.person.name,
        outcome=outcome,
        deal=Named(use.deal.id, use.deal.name),
        stage=use.stage,
        evidence=use.evidence.value,
    )
