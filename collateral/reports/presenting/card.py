"""The scorecard in words: use over time, deals by team and stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel import dates
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from collateral.reports.scorecard import Scorecard, Split
from collateral.templating import number


def months_of(found: Scorecard) -> dict[str, Any]:
    """Deals by month of first use, as the column chart takes them."""
    locale = str(get_locale() or "en")
    return {
        "labels": [dates.format_date(month, "LLL", locale=locale) for month, _n in found.months],
        "values": [count for _m, count in found.months],
    }


def splits(found: Scorecard, stage_labels: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Bars of deals by team and by stage, with won, open and lost.

    `stage_labels` names the stages by slug, in the order of the sale.
    """
    order = list(stage_labels)
    stages = sorted(
        found.stages, key=lambda row: order.index(row.name) if row.name in order else len(order)
    )
    return {
        "teams": [_bar(row, row.name) for row in found.teams],
        "stages": [
            _bar(row, stage_labels.get(row.name, row.name) or _("No stage")) | {"apart": not at}
            for at, row in enumerate(stages)
        ],
    }


def _bar(row: Split, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "parts": [("", row.won), ("open", row.open), ("lost", row.lost)],
        "value": ngettext("%(num)s deal", "%(num)s deals", row.deals),
        "cells": [number(row.won), number(row.open), number(row.lost)],
    }
