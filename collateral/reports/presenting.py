"""Reports in words: figures with their change, charts, tabs, filters, definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from babel import dates
from flask import request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets.models import Term, Vocabulary
from collateral.db import db
from collateral.reports.asking import PRESETS, ReportRequest
from collateral.reports.ignored import IgnoredReport, Reached
from collateral.reports.overview import Overview
from collateral.templating import address_with, money_short, number, percent
from collateral.usage.team_sets import teams_for

KEPT = ("period", "from", "to", "team", "product", "stage", "region")


def kept() -> dict[str, Any]:
    """The filters of the present address, for links to another report."""
    return {name: request.args[name] for name in KEPT if request.args.get(name)}


ELSEWHERE = {"changes": "adaptations.report"}
"""Reports that a feature shows by itself."""


def tabs(current: str) -> list[dict[str, Any]]:
    """The reports, with the filters that are set."""
    return [
        {
            "text": text,
            "url": url_for(ELSEWHERE.get(name, f"reports.{name}_page"), **kept()),
            "current": name == current,
        }
        for name, text in (
            ("overview", _("Overview")),
            ("assets", _("Assets")),
            ("search", _("Search")),
            ("ignored", _("Ignored")),
            ("changes", _("What reps change")),
        )
    ]


@dataclass(frozen=True)
class Filters:
    """What the pickers offer: pairs of value and text."""

    periods: list[tuple[str, str]]
    teams: list[tuple[str, str]]
    products: list[tuple[str, str]]
    stages: list[tuple[str, str]]
    regions: list[tuple[str, str]]


def filters(reader: Person, wanted: ReportRequest) -> Filters:
    """The pickers of a report. Two queries."""
    terms: dict[Vocabulary, list[tuple[str, str]]] = {}
    for vocabulary, slug, label in db.session.execute(
        select(Term.vocabulary, Term.slug, Term.label)
        .where(Term.vocabulary.in_((Vocabulary.PRODUCT, Vocabulary.STAGE, Vocabulary.REGION)))
        .order_by(Term.position, Term.label)
    ):
        terms.setdefault(vocabulary, [("", _("all"))]).append((slug, label))
    nothing = [("", _("all"))]
    return Filters(
        ([] if wanted.preset else [("", _("chosen days"))])
        + [(key, _(text)) for key, text in PRESETS.items()],
        nothing + [(str(team.id), team.name) for team in teams_for(reader)],
        terms.get(Vocabulary.PRODUCT, nothing),
        terms.get(Vocabulary.STAGE, nothing),
        terms.get(Vocabulary.REGION, nothing),
    )


@dataclass(frozen=True)
class Figure:
    """One key figure, as the macro takes it."""

    name: str
    value: str
    of: str = ""
    change: str = ""
    changed: str = ""
    better: bool | None = None
    explain: str | None = None


def figures(found: Overview) -> list[Figure]:
    """The key figures with their change on the period before."""
    now, before, currency = found.now, found.before, found.currency
    return [
        _share(
            _("Published assets used"),
            (now.used, now.published),
            (before.used, before.published),
            _("%(part)s of %(whole)s", part=number(now.used), whole=number(now.published)),
            url_for("reports.ignored_page", **kept()),
        ),
        _share(
            _("Cost of assets never used"),
            (float(now.cost_never_used), float(now.cost)),
            (float(before.cost_never_used), float(before.cost)),
            _(
                "%(part)s of %(whole)s",
                part=money_short(now.cost_never_used, currency),
                whole=money_short(now.cost, currency),
            ),
            url_for("reports.ignored_page", **kept()),
            more_is_better=False,
        ),
        _share(
            _("Deals with at least one use"),
            (now.deals_with_use, now.deals),
            (before.deals_with_use, before.deals),
            _("%(part)s of %(whole)s", part=number(now.deals_with_use), whole=number(now.deals)),
            url_for("reports.assets_page", sort="deals", **kept()),
        ),
        _count(_("Uses"), now.uses, before.uses, "uses"),
        _count(_("Views"), now.views, before.views, "views"),
        _count(_("Downloads"), now.downloads, before.downloads, "downloads"),
    ]


def _share(
    name: str,
    now: tuple[float, float],
    before: tuple[float, float],
    of: str,
    explain: str,
    *,
    more_is_better: bool = True,
) -> Figure:
    if not now[1]:
        return Figure(name, "–", of="")
    share = now[0] / now[1]
    # Below twenty a percentage says more than it knows.
    small = now[1] < 20 and now[1] == int(now[1])
    value, of = (of, "") if small else (percent(share), of)
    if not before[1]:
        return Figure(name, value, of, explain=explain)
    earlier = before[0] / before[1]
    points = round(share * 100) - round(earlier * 100)
    better = None if points == 0 else (points > 0) is more_is_better
    change = _("%(sign)s%(points)s points", sign=_sign(points), points=abs(points))
    return Figure(
        name, value, of, change, _("on %(share)s", share=percent(earlier)), better, explain
    )


def _count(name: str, now: int, before: int, sort: str) -> Figure:
    explain = url_for("reports.assets_page", sort=sort, **kept())
    if not before:
        return Figure(name, number(now), explain=explain)
    change = round((now - before) / before * 100)
    return Figure(
        name,
        number(now),
        "",
        f"{_sign(change)}{number(abs(change))} %",
        _("on %(before)s", before=number(before)),
        None if change == 0 else change > 0,
        explain,
    )


def _sign(value: float) -> str:
    return "+" if value > 0 else "−" if value < 0 else "±"


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


def reached_names() -> dict[str, str]:
    """How far an asset came, in words."""
    return {
        Reached.NOTHING.value: _("Never shown"),
        Reached.SHOWN.value: _("Shown, not opened"),
        Reached.OPENED.value: _("Opened, not used"),
        Reached.USED.value: _("Used in a deal"),
    }


def reached_tabs(found: IgnoredReport, current: Reached | None) -> list[dict[str, Any]]:
    """The steps at which assets stopped."""
    numbers = {
        Reached.NOTHING: found.published - found.shown,
        Reached.SHOWN: found.shown - found.opened,
        Reached.OPENED: found.opened - found.used,
    }
    names = reached_names()
    every = {
        "text": _("All without a use"),
        "url": address_with(reached=None, page=None),
        "current": current is None,
        "count": sum(numbers.values()),
    }
    return [every] + [
        {
            "text": names[step.value],
            "url": address_with(reached=step.value, page=None),
            "current": current is step,
            "count": count,
        }
        for step, count in numbers.items()
    ]


def funnel(found: IgnoredReport) -> list[dict[str, Any]]:
    """The bars from published to used."""
    if not found.published:
        return []
    steps = (
        (_("Published"), found.published, ""),
        (_("Shown"), found.shown, _("%(n)s never shown", n=number(found.published - found.shown))),
        (
            _("Opened"),
            found.opened,
            _("%(n)s shown, not opened", n=number(found.shown - found.opened)),
        ),
        (
            _("Used in a deal"),
            found.used,
            _("%(n)s opened, not used", n=number(found.opened - found.used)),
        ),
    )
    return [
        {
            "name": name,
            "parts": [("", count)],
            "of": found.published,
            "value": number(count),
            "under": f"{percent(count / found.published)} · {said}" if said else "",
        }
        for name, count, said in steps
    ]


def metric_names() -> dict[str, str]:
    """The numbers, as they are called on screen."""
    return {
        "shown": _("Shown in results"),
        "views": _("Views"),
        "unique_views": _("Unique views"),
        "downloads": _("Downloads"),
        "unique_downloads": _("Unique downloads"),
        "shares": _("Shares"),
        "opens": _("Opened by buyers"),
        "unique_opens": _("Unique openings by buyers"),
        "uses": _("Uses"),
        "deals": _("Deals"),
    }


def outcome_names() -> dict[str, str]:
    """What became of an event."""
    return {
        "counted": _("Counted"),
        "double_click": _("Left out: double click"),
        "repeated": _("Left out: same session"),
        "robot": _("Left out: robot"),
        "own_team": _("Left out: own team"),
        "withdrawn": _("Left out: withdrawn"),
    }


def kind_names() -> dict[str, str]:
    """The kinds of events."""
    return {
        "shown": _("Shown in results"),
        "viewed": _("Viewed"),
        "downloaded": _("Downloaded"),
        "shared": _("Shared"),
        "opened": _("Opened by a buyer"),
    }


def definitions() -> list[tuple[str, str]]:
    """What each number means, in the words of this page alone."""
    return [
        (
            _("Views"),
            _(
                "Somebody opened the asset's page, or downloaded it: a download is also a view. "
                "Results shown in a search and small previews are not views. A second view of the "
                "same version by the same person within 30 seconds of the one before is a double "
                "click; the later one counts."
            ),
        ),
        (
            _("Unique views"),
            _(
                "Sessions in which the asset was viewed at least once. A session is one signed-in "
                "browser on one day; where there is none, one person in one clock hour."
            ),
        ),
        (_("Downloads"), _("The original file was downloaded, counted by the same rules.")),
        (
            _("Uses"),
            _(
                "The asset was used in a deal, at a stage, by a person: the buyer opened a tracked "
                "link (observed), the rep said so (declared), or the CRM shows it (inferred). "
                "A download alone is not a use."
            ),
        ),
        (
            _("Deals"),
            _("Deals with at least one use of the asset in the period; each counts once."),
        ),
        (
            _("Amount won, amount open"),
            _(
                "The amounts of those deals that are won, or open now. A deal that used several "
                "assets counts in full for each, so the column must not be added up. Amounts in "
                "other currencies than the report's are not converted and not in it."
            ),
        ),
        (
            _("Published assets used"),
            _("Of the assets published by the end of the period, those with a use within it."),
        ),
        (
            _("Cost of assets never used"),
            _(
                "Of the production cost of assets published by the end of the period, the part of "
                "those without any use until then."
            ),
        ),
        (
            _("Deals with at least one use"),
            _(
                "Of the deals that were open at some time in the period, those with a use until "
                "its end."
            ),
        ),
        (
            _("Team"),
            _(
                "What was done by people who were in the team at that moment. The numbers of "
                "teams do not add up to the whole where people are in several."
            ),
        ),
        (
            _("Stage"),
            _(
                "Uses at that stage of the deal, with their deals and amounts. Views and downloads "
                "have no stage and stay as they are."
            ),
        ),
        (_("Product, region"), _("Assets that carry the term.")),
        (
            _("Left out"),
            _(
                "Double clicks, robots by COUNTER's list, and our own visits to our links. They "
                "stay in the log, with the reason; each number opens them."
            ),
        ),
    ]
