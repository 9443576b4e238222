"""Influence in plain words. It never says that an asset was the cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import ngettext

from collateral.reports.difference import Difference
from collateral.reports.influence import (
    MIN_LOST,
    MIN_WITH,
    MIN_WITHOUT,
    MIN_WON,
    Compared,
    Influence,
)
from collateral.reports.influence_cases import AssetInfluence
from collateral.templating import money_short, number, percent
from collateral.templating import translate as _


@dataclass(frozen=True)
class Comparison:
    """One row of the table: closed deals on both sides, and the interval in points where
    there is one."""

    name: str
    with_asset: int
    without: int
    won_with: str
    won_without: str
    low: int | None
    mid: int | None
    high: int | None
    text: str


@dataclass(frozen=True)
class ShownInfluence:
    """All that is said of an asset's influence; see reports/_influence.html."""

    low: int | None
    mid: int | None
    high: int | None
    sentence: str
    caution: str
    strata: str
    rows: list[Comparison]
    sensitivity: list[str]
    money: str
    money_defined: str
    time: str
    outside: str

    @property
    def points(self) -> str:
        """The difference in points with its sign; empty where there are not enough deals."""
        return "" if self.mid is None else signed(self.mid)


def shown(found: AssetInfluence, stage_labels: Mapping[str, str] | None = None) -> ShownInfluence:
    """The comparison with its sentences. `stage_labels` names stages by slug, in
    the order of the sale."""
    overall = found.found.overall
    return ShownInfluence(
        *_points(overall.difference),
        sentence(overall),
        _(
            "Reps may also choose it for deals that were going well; this does not show that it "
            "was the reason."
        ),
        _("same reps, deals that fit alike")
        if found.found.rep_removed
        else _("same size and industry; rep's skill not removed"),
        [
            _row(_("All similar deals"), overall),
            *_stage_rows(found, stage_labels or {}),
        ],
        [
            _without(
                _("Without the deals closed in the period's last 30 days"), found.without_latest
            ),
            _without(_("Without its largest deal"), found.without_biggest),
        ],
        _money(found),
        _(
            "Influenced is the amount of won deals in which it was used before they closed. Each "
            "deal counts in full for every asset used in it, so these amounts are never added "
            "up over assets; the shared amount divides each deal by the number of its assets."
        ),
        _time(overall),
        str(
            ngettext(
                "%(num)s further deal used it although it was not made for it; it is not compared.",
                "%(num)s further deals used it although it was not made for them; they are not "
                "compared.",
                found.outside,
            )
        )
        if found.outside
        else "",
    )


def _stage_rows(found: AssetInfluence, labels: Mapping[str, str]) -> list[Comparison]:
    order = list(labels)
    stages = sorted(
        found.stages, key=lambda each: order.index(each[0]) if each[0] in order else len(order)
    )
    return [_row(labels.get(slug, slug) or _("No stage"), compared) for slug, compared in stages]


def sentence(compared: Compared) -> str:
    """What the numbers say, in one sentence."""
    low, mid, high = _points(compared.difference)
    if mid is None or low is None or high is None:
        return _what_is_missing(compared)
    if low > 0:
        return _(
            "Deals with it were won more often: by %(mid)s points, likely between %(low)s and "
            "%(high)s.",
            mid=mid,
            low=signed(low),
            high=signed(high),
        )
    if high < 0:
        return _(
            "Deals with it were won less often: by %(mid)s points, likely between %(low)s and "
            "%(high)s.",
            mid=-mid,
            low=signed(low),
            high=signed(high),
        )
    return _(
        "Whether deals with it are won more often cannot be told: likely between %(low)s and "
        "%(high)s points.",
        low=signed(low),
        high=signed(high),
    )


def _what_is_missing(compared: Compared) -> str:
    """Why there is no number: too few deals, too few of either outcome, or too wide an interval."""
    if compared.with_asset < MIN_WITH or compared.without < MIN_WITHOUT:
        return _(
            "Not enough deals yet: %(with_asset)s closed deals with it and %(without)s to "
            "compare with; it takes %(least)s and %(others)s.",
            with_asset=number(compared.with_asset),
            without=number(compared.without),
            least=MIN_WITH,
            others=MIN_WITHOUT,
        )
    won = compared.won_with + compared.won_without
    lost = compared.with_asset + compared.without - won
    if won < MIN_WON or lost < MIN_LOST:
        return _(
            "Not enough deals yet: %(won)s won and %(lost)s lost on both sides; it takes "
            "five of each.",
            won=number(won),
            lost=number(lost),
        )
    return _("Not enough deals yet: the interval would be wider than 50 points.")


def signed(points: int) -> str:
    """Points with their sign: +22, −6, 0."""
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "0"


def _points(difference: Difference | None) -> tuple[int | None, int | None, int | None]:
    """Low, middle, high in points."""
    if difference is None:
        return None, None, None
    low, mid, high = difference.low, difference.value, difference.high
    return round(low * 100), round(mid * 100), round(high * 100)


def _row(name: str, compared: Compared) -> Comparison:
    low, mid, high = _points(compared.difference)
    if low is None or mid is None or high is None:
        text = _("Not enough deals yet")
    else:
        text = _(
            "%(mid)s (%(low)s to %(high)s)", mid=signed(mid), low=signed(low), high=signed(high)
        )
    return Comparison(
        name,
        compared.with_asset,
        compared.without,
        _part(compared.won_with, compared.with_asset),
        _part(compared.won_without, compared.without),
        low,
        mid,
        high,
        text,
    )


def _part(won: int, of: int) -> str:
    """ "6 of 9" below twenty, a percentage from there on."""
    if of < 20:
        return _("%(part)s of %(whole)s", part=number(won), whole=number(of))
    return percent(won / of)


def _without(name: str, found: Influence) -> str:
    return f"{name}: {_row('', found.overall).text}"


def _money(found: AssetInfluence) -> str:
    money, currency = found.money, found.currency
    return _(
        "Influenced: %(won)s in %(deals)s won deals, %(without)s without the largest; shared with "
        "the other assets used in them %(shared)s. Open: %(open)s in %(open_deals)s deals.",
        won=money_short(money.won, currency),
        deals=number(money.won_deals),
        without=money_short(money.won_without_biggest, currency),
        shared=money_short(money.won_shared, currency),
        open=money_short(money.open, currency),
        open_deals=number(money.open_deals),
    )


def _time(compared: Compared) -> str:
    if compared.days_with is None or compared.days_without is None:
        return _("Time to close: not enough won deals yet.")
    return _(
        "Time to close, of the deals won, from the same stage and age on: median %(days)s days "
        "with it, %(others)s without.",
        days=number(round(compared.days_with)),
        others=number(round(compared.days_without)),
    )
