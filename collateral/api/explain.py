"""What is behind a number: events, uses, deals, and those left out with the reason."""

from __future__ import annotations

from datetime import date, datetime

from collateral.accounts.permissions import Permission
from collateral.api.auth import actor
from collateral.api.calls import Call
from collateral.api.explain_shapes import (
    Behind,
    Explained,
    ExplainedReport,
    ExplainQuery,
    Happening,
    LeftOutCounts,
    Thing,
)
from collateral.api.report_forms import asked, next_page, page_of
from collateral.api.shapes import Named
from collateral.assets.models import Asset
from collateral.assets.queries import get_visible
from collateral.reports.asking import ReportRequest
from collateral.reports.behind import behind
from collateral.reports.behind_listing import Of
from collateral.usage import explaining
from collateral.usage.models import Use
from collateral.usage.rules import FOUND
from collateral.usage.team_sets import scope_of

OF_USES = ("uses", "deals")


@Call(
    "GET",
    "/explain/<metric>",
    permission=Permission.REPORT_READ,
    does="What a number is made of.",
    more="With `asset` the metric is `shown`, `views`, `unique_views`, `downloads`, "
    "`unique_downloads`, `shares`, `opens`, `unique_opens`, `uses` or `deals` of that asset, "
    "or its `influence`, `adaptations`, `hours` or `merged`. Without it, of the reports: "
    "adoption's `searches`, `views`, `downloads`, `uses`, `deals_with_use` and `way`; search's "
    "`searches` with `words` and `list`; coverage's `coverage_assets`, `coverage_uses` and "
    "`coverage_deals`; `adaptations` of changes; `hours` and `merged` of worth; `reviewed` and "
    "`requested` of the overview.",
    query=ExplainQuery,
    answers=(Explained, ExplainedReport),
)
def explain(metric: str, query: ExplainQuery) -> Explained | ExplainedReport:
    wanted = asked(query)
    page, limit = page_of(query.cursor, query.limit)
    if query.asset is None or metric not in (*FOUND, *OF_USES):
        return _of_report(metric, query, wanted, page, limit)
    asset = get_visible(actor(), query.asset)
    if metric in OF_USES:
        return _of_uses(asset, metric, wanted, page, limit)
    return _of_events(asset, metric, wanted, page, limit)


def _of_report(
    metric: str, query: ExplainQuery, wanted: ReportRequest, page: int, limit: int
) -> ExplainedReport:
    if query.asset is not None:
        get_visible(actor(), query.asset)
    of = Of(
        query.person, query.words or "", query.list, query.asset, query.across, query.column or ""
    )
    found = behind(actor(), wanted, metric, of, page=page, limit=limit)
    return ExplainedReport(
        metric,
        wanted.period.first,
        wanted.period.last,
        found.found,
        dict(found.outcomes),
        [
            Happening(*_when(row.at), row.what, row.who, _thing(row.thing), row.outcome)
            for row in found.rows
        ],
        found.found,
        next_page(page, -(-found.found // limit), limit),
    )


def _when(at: datetime | date | None) -> tuple[datetime | None, date | None]:
    """The moment, or else the day."""
    return (at, None) if isinstance(at, datetime) else (None, at)


def _thing(thing: tuple[str, int, str] | None) -> Thing | None:
    return Thing(*thing) if thing else None


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
