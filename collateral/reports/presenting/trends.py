"""The overview's charts: by month, and cost by type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from babel import dates
from flask_babel import get_locale
from flask_babel import gettext as _

from collateral.reports.overview import Overview
from collateral.templating import money_short, number, percent


@dataclass(frozen=True)
class Trend:
    """Shares and counts by month, as the chart macros take them."""

    labels: list[str]
    shares: list[float | None]
    before: list[float | None]
    texts: list[str]
    views: list[int]
    downloads: list[int]
    uses: list[int]


def trend(found: Overview) -> Trend:
    """Deals with at least one use by month, in percent, and what was counted."""
    locale = str(get_locale() or "en")
    months = found.months
    shares = [_percentage(row.deals_with_use, row.deals) for row in months]
    before = [_percentage(row.deals_with_use, row.deals) for row in found.before_months]
    return Trend(
        [dates.format_date(row.month, "LLL", locale=locale) for row in months],
        shares,
        before if len(before) == len(shares) else [],
        ["–" if share is None else f"{number(share)} %" for share in shares],
        [row.counts.views for row in months],
        [row.counts.downloads for row in months],
        [row.counts.uses for row in months],
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
