"""What a report is asked for: its period and what it is narrowed to, from an address. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _

from collateral.db import is_id
from collateral.errors import Invalid
from collateral.usage.periods import Period
from collateral.words import N_

# The key in the address, and how far back it goes: days, or whole months with the present one.
PRESETS = {
    "30-days": N_("Last 30 days"),
    "90-days": N_("Last 90 days"),
    "quarter": N_("This quarter"),
    "last-quarter": N_("Last quarter"),
    "12-months": N_("Last 12 months"),
    "year": N_("This year"),
}
COMPARED = ("before", "year")
DEFAULT = "12-months"
LONGEST = 3700


@dataclass(frozen=True)
class ReportRequest:
    """One report for one period, narrowed to a team, product, stage or region."""

    period: Period
    preset: str = ""
    """The key of PRESETS that it came from; "" for chosen days."""
    team_id: int | None = None
    product: str = ""
    stage: str = ""
    region: str = ""
    compare: str = ""
    """"year": with the same days a year before; "before": with the period before, which the
    overview does without being asked, too; "": the others stand alone."""

    @property
    def before(self) -> ReportRequest:
        """The same for the period that it is compared with."""
        period = a_year_before(self.period) if self.compare == "year" else self.period.before()
        return ReportRequest(period, "", self.team_id, self.product, self.stage, self.region)

    def address(self) -> dict[str, str]:
        """What `read` takes to make this request again, with a preset kept as one."""
        days = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        given = ({"period": self.preset} if self.preset else days) | {
            "team": str(self.team_id or ""),
            "product": self.product,
            "stage": self.stage,
            "region": self.region,
            "compare": self.compare,
        }
        return {name: value for name, value in given.items() if value}


def a_year_before(period: Period) -> Period:
    """The same days of the year before; 29 February becomes the 28th."""
    return Period(_year_back(period.first), _year_back(period.last))


def _year_back(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def preset_period(key: str, today: date) -> Period:
    """The days of a preset, up to today."""
    if key == "30-days":
        return Period(today - timedelta(days=29), today)
    if key == "90-days":
        return Period(today - timedelta(days=89), today)
    if key == "year":
        return Period(today.replace(month=1, day=1), today)
    quarter = today.replace(month=today.month - (today.month - 1) % 3, day=1)
    if key == "quarter":
        return Period(quarter, today)
    if key == "last-quarter":
        last = quarter - timedelta(days=1)
        return Period(last.replace(month=last.month - 2, day=1), last)
    first = today.replace(day=1)
    for _month in range(11):
        first = (first - timedelta(days=1)).replace(day=1)
    return Period(first, today)


def read(args: Mapping[str, str], today: date) -> ReportRequest:
    """The request of an address: `period`, or `from` and `to`; `team`, `product`, and so on.

    Raises:
        Invalid: a day that is none, or days the wrong way round.
    """
    key = args.get("period", "")
    first, last = args.get("from", ""), args.get("to", "")
    if key in PRESETS or not (first or last):
        key = key if key in PRESETS else DEFAULT
        period = preset_period(key, today)
    else:
        key = ""
        until = _day(last, "to") if last else today
        since = _day(first, "from") if first else until - timedelta(days=364)
        period = Period(since, until)
        if since > until:
            raise Invalid(
                _("The period ends before it begins."), fields={"to": _("Before the start.")}
            )
        if period.days > LONGEST:
            raise Invalid(_("A period is at most ten years."), fields={"from": _("Too early.")})
    team = args.get("team", "")
    if team and not is_id(team):
        raise Invalid(_("The team is a number."), fields={"team": _("It is a number.")})
    return ReportRequest(
        period,
        key,
        int(team) if team else None,
        args.get("product", "")[:80],
        args.get("stage", "")[:80],
        args.get("region", "")[:80],
        args.get("compare", "") if args.get("compare") in COMPARED else "",
    )


def _day(text: str, name: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            _("“%(text)s” is no day such as 2026-11-20.", text=text[:40]),
            fields={name: _("It is no day.")},
        ) from None
    if not 1990 <= day.year <= 2199:
        raise Invalid(_("Choose days from 1990 to 2199."), fields={name: _("It is too far away.")})
    return day
