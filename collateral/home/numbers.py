"""What marketers and managers see of the numbers: the reports of the last 90 days, in short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from collateral.accounts.models import Person
from collateral.home.pictures import Picture, Thumb, thumbs
from collateral.reports.asking import ReportRequest, preset_period
from collateral.reports.assets import most_used
from collateral.reports.ignored import dearest
from collateral.reports.overview import KeyFigures, key_figures
from collateral.reports.presenting import figures, reached_names, share_trend
from collateral.reports.searches import most_in_vain

SHORT = 6
PERIOD = "90-days"


@dataclass(frozen=True)
class Row:
    """An asset with its numbers, as the lists of home/marketer.html and home/manager.html."""

    title: str
    url: str
    kind: str
    type: str
    picture: Picture | None
    text: str = ""
    views: int = 0
    deals: int = 0
    won: int = 0
    open: int = 0
    lost: int = 0
    won_amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True)
class Trend:
    """A line by month, as the chart macro takes it."""

    title: str
    note: str
    csv: str
    labels: list[str]
    values: list[float | None]
    name: str
    before: list[float | None]
    before_name: str
    texts: list[str]


def request_for(today: date) -> ReportRequest:
    """The last 90 days, over everything that the reader may see."""
    return ReportRequest(preset_period(PERIOD, today), PERIOD)


def used_most(person: Person, wanted: ReportRequest) -> list[Row]:
    """The assets used in most deals."""
    currency, rows = most_used(person, wanted, SHORT)
    shown = thumbs([row.id for row in rows])
    return [
        _row(
            shown[row.id],
            type=row.type,
            views=row.views,
            deals=row.deals,
            won=row.won,
            open=row.open,
            lost=row.lost,
            won_amount=row.won_amount,
            currency=currency,
        )
        for row in rows
    ]


def never_used(person: Person, wanted: ReportRequest, currency: str) -> list[Row]:
    """Published assets without a use, with where each stopped."""
    names = reached_names()
    rows = dearest(person, wanted, SHORT, currency)
    shown = thumbs([row.id for row in rows])
    return [_row(shown[row.id], text=names[row.reached]) for row in rows]


def not_found(person: Person, wanted: ReportRequest) -> list[dict[str, Any]]:
    """Words that were searched for and found nothing."""
    rows = most_in_vain(person, wanted, SHORT)
    return [
        {"words": row.words, "people": row.people, "url": url_for("search.library", q=row.words)}
        for row in rows
    ]


def _row(thumb: Thumb, **values: Any) -> Row:
    given: dict[str, Any] = {"type": thumb.label, **values}
    return Row(thumb.title, thumb.url, thumb.kind, picture=thumb.picture, **given)


def summary(person: Person, wanted: ReportRequest, currency: str) -> dict[str, Any]:
    """The context that both homes share; costs are in that currency."""
    return {
        "silent": never_used(person, wanted, currency),
        "silent_url": url_for("reports.ignored_page"),
        "missed": not_found(person, wanted),
        "missed_url": url_for("reports.search_page"),
    }


def manager(person: Person, today: date) -> dict[str, Any]:
    """The context of home/manager.html."""
    wanted = request_for(today)
    found = key_figures(person, ReportRequest(preset_period("12-months", today), "12-months"))
    shown = share_trend(found.deals, found.before_deals)
    return {
        "figures": figures(found)[:4],
        "trend": Trend(
            title=_("Deals with at least one use"),
            note=_("percent, by month"),
            csv=url_for("reports.table", name="overview"),
            labels=shown.labels,
            values=shown.shares,
            name=_("This year"),
            before=shown.before,
            before_name=_("The year before"),
            texts=shown.texts,
        ),
        "assets": used_most(person, wanted),
        "teams": _teams(found),
        **summary(person, wanted, found.currency),
    }


def _teams(found: KeyFigures) -> Sequence[dict[str, Any]]:
    return [
        {
            "name": team.name,
            "url": url_for("reports.overview_page", team=team.team_id),
            "uses": team.uses,
            "deals": team.deals,
            "deals_with": team.deals_with_use,
            "share": team.deals_with_use / team.deals if team.deals else 0.0,
        }
        for team in found.teams
    ]
