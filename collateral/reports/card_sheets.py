"""The scorecard of one asset as tables, and those of whatever goes by mail."""

from __future__ import annotations

from collections.abc import Mapping

from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.assets.queries import get_visible
from collateral.db import is_id
from collateral.reports import influence_cases, scorecard
from collateral.reports.asking import ReportRequest
from collateral.reports.sheets import REPORTS, Sheet

SCORECARD = "scorecard"
"""Stands where the others have their name; which asset it is of stands among the filters."""


def sheets_of(
    report: str, query: Mapping[str, str], reader: Person, request: ReportRequest
) -> list[Sheet]:
    """The tables of a report, or of the scorecard of the query's `asset`.

    Raises:
        NotFound: the team or the asset is not the reader's to ask for.
    """
    if report == SCORECARD:
        return card_sheets(reader, asset_of(query, reader), request)
    return REPORTS[report](reader, request)


def asset_of(query: Mapping[str, str], reader: Person) -> Asset:
    """The asset whose scorecard is meant. Raises NotFound."""
    text = query.get("asset", "")
    return get_visible(reader, int(text) if is_id(text) else 0)


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
                (row.number, row.since, row.views, row.downloads, row.deals)
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


def influence_sheets(reader: Person, request: ReportRequest) -> list[Sheet]:
    """One row for each asset with a use, by the shrunk difference.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    found = influence_cases.influence_of(None, reader, request)
    titles = influence_cases.titles_of(found)
    return [
        Sheet(
            "influence",
            ("asset_id", "asset", "deals with", "deals without", "won with", "won without",
             "difference", "low", "high", "shrunk", "rep removed", "won amount", "currency"),
            [
                (
                    row.asset_id, titles[row.asset_id], one.with_asset, one.without, one.won_with,
                    one.won_without,
                    *((d.value, d.low, d.high) if (d := one.difference) else (None, None, None)),
                    row.shrunk.value if row.shrunk else None,
                    "yes" if row.found.rep_removed else "no", row.money.won, row.currency,
                )
                for row in found
                for one in (row.found.overall,)
            ],
        )
    ]  # fmt: skip
