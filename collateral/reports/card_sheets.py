"""The scorecard of one asset as tables."""

from __future__ import annotations

from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.reports import influence_cases, scorecard
from collateral.reports.asking import ReportRequest
from collateral.reports.sheets import Sheet


def card_sheets(reader: Person, asset: Asset, request: ReportRequest) -> list[Sheet]:
    """Months, teams and stages, versions, and the comparison of deals.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    found = scorecard.scorecard(reader, asset, request)
    (influence,) = influence_cases.influence_of([asset.id], reader, request)
    compared = [("", influence.found.overall), *influence.stages]
    return [
        Sheet(
            "months",
            ("month", "deals first used in"),
            [(f"{month:%Y-%m}", deals) for month, deals in found.months],
            ("columns", 0, 1),
        ),
        Sheet(
            "where",
            ("by", "name", "won", "open", "lost"),
            [
                (kind, row.name, row.won, row.open, row.lost)
                for kind, rows in (("team", found.teams), ("stage", found.stages))
                for row in rows
            ],
        ),
        Sheet(
            "versions",
            ("version", "since", "views", "downloads", "deals"),
            [
                (row.number, row.since, row.counts.views, row.counts.downloads, row.deals)
                for row in found.versions
            ],
        ),
        Sheet(
            "influence",
            ("stage", "deals with", "deals without", "won with", "won without", "difference",
             "from", "to"),
            [
                (
                    stage or "all", one.with_asset, one.without, one.won_with, one.won_without,
                    *((d.value, d.low, d.high) if (d := one.difference) else (None, None, None)),
                )
                for stage, one in compared
            ],
        ),
    ]  # fmt: skip
