"""The key figures of the overview, with their change on the period before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _

from collateral.reports.overview import KeyFigures, MonthRow, Overview
from collateral.reports.presenting.frame import kept
from collateral.reports.worth import Hours
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
    unit: str = ""
    line: list[float | None] | None = None
    line_before: list[float | None] | None = None


def figures(found: KeyFigures | Overview) -> list[Figure]:
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
            url_for("reports.explain_people", metric="deals_with_use", **kept()),
        ),
        _hours(now.turned.hours, before.turned.hours),
        _within(
            _("Adaptations reviewed within"),
            "reviewed",
            now.turned.reviewed,
            before.turned.reviewed,
        ),
        _within(_("Requests made within"), "requested", now.turned.made, before.turned.made),
    ]


def with_lines(found: Overview) -> list[Figure]:
    """The same with their way through the months of both periods."""
    lines = _lines(found.months), _lines(found.before_months)
    same = len(found.months) == len(found.before_months)
    return [
        replace(figure, line=line, line_before=earlier if same else None)
        for figure, line, earlier in zip(figures(found), *lines, strict=True)
    ]


def counted(found: Overview) -> dict[str, Figure]:
    """Views and uses with their change, each opening the assets that have the most."""
    return {
        metric: replace(
            change_on("", now, before, None),
            explain=url_for("reports.assets_page", sort=metric, **kept()),
        )
        for metric, now, before in (
            ("views", found.looks.views, found.looks_before.views),
            ("uses", found.now.uses, found.before.uses),
        )
    }


Line = list[float | None]


def _lines(months: Sequence[MonthRow]) -> list[Line]:
    """For each figure its value month by month; None where there is nothing to tell."""
    return [
        [_part(row.standing.used, row.standing.published) for row in months],
        [_part(float(row.standing.cost_unused), float(row.standing.cost)) for row in months],
        [_part(row.deals_with_use, row.deals) for row in months],
        [row.turned.hours.low for row in months],
        [_days(row.turned.reviewed) for row in months],
        [_days(row.turned.made) for row in months],
    ]


def _part(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _days(time: timedelta | None) -> float | None:
    return None if time is None else time / timedelta(days=1)


def _hours(now: Hours, before: Hours) -> Figure:
    """Hours as a range; their change is that of the least."""
    explain = url_for("reports.worth_page", **kept()) + "#remade"
    name, told = _("Hours re-creating"), _("on %(before)s", before=range_of(before))
    if not before.low:
        told = told if before.high else _("nothing to compare with")
        return Figure(name, range_of(now), "", "", told, None, explain, _("h"))
    change = round((now.low - before.low) / before.low * 100)
    text = f"{_sign(change)}{number(abs(change))} %" if before.low >= ENOUGH_BEFORE else ""
    better = None if change == 0 else change < 0
    return Figure(name, range_of(now), "", text, told, better, explain, _("h"))


def range_of(hours: Hours) -> str:
    """ "286–341"; one number where both are the same."""
    places = 0 if hours.high >= 10 else 1
    low, high = round(hours.low, places), round(hours.high, places)
    return number(low) if low == high else f"{number(low)}–{number(high)}"


def _within(name: str, metric: str, now: timedelta | None, before: timedelta | None) -> Figure:
    """A median in days."""
    explain = url_for("reports.explain_people", metric=metric, **kept())
    if now is None:
        return Figure(name, "–", changed=_("none in this period"))
    value, unit = number(round(now / timedelta(days=1), 1)), _("days")
    if before is None:
        told = _("nothing to compare with")
        return Figure(name, value, _("median"), "", told, None, explain, unit)
    sooner = round((before - now) / timedelta(days=1), 1)
    than = _("than %(days)s", days=number(round(before / timedelta(days=1), 1)))
    change = (
        _("%(days)s days sooner", days=number(sooner))
        if sooner > 0
        else _("%(days)s days later", days=number(-sooner))
        if sooner < 0
        else ""
    )
    better = None if not sooner else sooner > 0
    told = than if change else _("as before")
    return Figure(name, value, _("median"), change, told, better, explain, unit)


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
    return Figure(
        name,
        value,
        of,
        points_of(points),
        _("on %(share)s", share=percent(earlier)),
        better,
        explain,
    )


def points_of(points: int) -> str:
    """ "+8 points"."""
    return str(_("%(sign)s%(points)s points", sign=_sign(points), points=abs(points)))


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
