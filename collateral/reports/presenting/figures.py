"""The key figures of the overview, with their change on the period before."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from collateral.reports.overview import Overview
from collateral.reports.presenting.frame import kept
from collateral.templating import money_short, number, percent

ENOUGH_BEFORE = 20
"""Below so many in the period before no change in percent is told."""


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
            _("Cost of assets without a use"),
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
    if before < ENOUGH_BEFORE:
        # A change on nearly nothing would be thousands of percent, and say nothing.
        told = (
            _("nothing to compare with")
            if not before
            else _("on %(before)s", before=number(before))
        )
        return Figure(name, number(now), "", "", told, None, explain)
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


def change_on(name: str, now: float, before: float, more_is_better: bool | None) -> Figure:
    """A number with its change on the one before."""
    told = _("on %(before)s", before=number(before))
    if before < ENOUGH_BEFORE:
        return Figure(name, number(now), changed=told)
    change = round((now - before) / before * 100)
    better = None if change == 0 or more_is_better is None else (change > 0) is more_is_better
    return Figure(name, number(now), "", f"{_sign(change)}{number(abs(change))} %", told, better)


def _sign(value: float) -> str:
    return "+" if value > 0 else "−" if value < 0 else "±"
