"""The overview's charts: by month, and cost by type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel import dates
from flask_babel import get_locale
from flask_babel import gettext as _

from collateral.reports.overview import DealMonth, Overview
from collateral.reports.presenting.figures import ENOUGH_BEFORE, points_of
from collateral.templating import money_short, number, percent


@dataclass(frozen=True)
class ShareTrend:
    """Shares by month, as the line chart takes them."""

    labels: list[str]
    shares: list[float | None]
    before: list[float | None]
    texts: list[str]


@dataclass(frozen=True)
class Trend(ShareTrend):
    """The same with counts by month, as the column charts take them."""

    views: list[int]
    downloads: list[int]
    uses: list[int]


def share_trend(months: Sequence[DealMonth], before_months: Sequence[DealMonth]) -> ShareTrend:
    """Deals with at least one use by month, in percent."""
    locale = str(get_locale() or "en")
    shares = [_percentage(row.deals_with_use, row.deals) for row in months]
    before = [_percentage(row.deals_with_use, row.deals) for row in before_months]
    return ShareTrend(
        [dates.format_date(row.month, "LLL", locale=locale) for row in months],
        shares,
        before if len(before) == len(shares) else [],
        ["–" if share is None else f"{number(share)} %" for share in shares],
    )


def trend(found: Overview) -> Trend:
    """The same, and what was counted."""
    shares = share_trend(found.months, found.before_months)
    return Trend(
        shares.labels,
        shares.shares,
        shares.before,
        shares.texts,
        [row.counts.views for row in found.months],
        [row.counts.downloads for row in found.months],
        [row.counts.uses for row in found.months],
    )


def _percentage(part: int, whole: int) -> float | None:
    return round(part / whole * 100) if whole else None


def costs(found: Overview) -> list[dict[str, Any]]:
    """The bars of cost by type."""
    rows = []
    for row in found.costs:
        whole = row.used + row.never_used
        if not whole:
            continue
        rows.append(
            {
                "name": row.type or _("No type"),
                "parts": [("", float(row.used)), ("2", float(row.never_used))],
                "value": _(
                    "%(share)s of %(whole)s",
                    share=percent(float(row.never_used / whole)),
                    whole=money_short(whole, found.currency),
                ),
                "cells": [
                    money_short(row.used, found.currency),
                    money_short(row.never_used, found.currency),
                ],
            }
        )
    return rows


def team_lines(found: Overview) -> dict[int, list[float | None]]:
    """The share of deals with a use by month, of each team."""
    return {
        team.team_id: [_percentage(count.with_use, count.deals) for count in team.months]
        for team in found.teams
    }


def team_changes(found: Overview) -> dict[int, str]:
    """By team how many points more or less of its deals had a use than before."""
    told = {}
    for team in found.teams:
        now = _percentage(team.deals_with_use, team.deals)
        then = _percentage(team.before.with_use, team.before.deals)
        enough = min(team.deals, team.before.deals) >= ENOUGH_BEFORE
        points = round(now - then) if enough and now is not None and then is not None else None
        told[team.team_id] = "–" if points is None else points_of(points)
    return told
