"""The docket in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import ngettext

from collateral.assets.models import Vocabulary
from collateral.retirement.board import Tile
from collateral.retirement.board_rows import Row
from collateral.retirement.models import Choice, DocketItem, Stopped
from collateral.templating import format_date, number, percent
from collateral.templating import translate as _


@dataclass(frozen=True)
class Picture:
    """A page's preview: its address and size in pixels."""

    src: str
    width: int
    height: int
    second: str | None = None


def stopped_name(stopped: Stopped | None) -> str:
    """Where it stopped, in words."""
    return {
        None: _("All proposals"),
        Stopped.NEVER_SHOWN: _("Never shown"),
        Stopped.NOT_OPENED: _("Shown, not opened"),
        Stopped.NOT_USED: _("Opened, not used"),
        Stopped.DROPPED: _("Used, then dropped"),
        Stopped.RECREATED: _("Re-created"),
        Stopped.NOT_CLEAR: _("Not clear"),
    }[stopped]


def remedy(stopped: Stopped | None) -> str:
    """What is offered against it."""
    return {
        None: "",
        Stopped.NEVER_SHOWN: _("Mend title, terms, synonyms"),
        Stopped.NOT_OPENED: _("Mend title, summary, first page"),
        Stopped.NOT_USED: _("Ask reps why; mend or replace"),
        Stopped.DROPPED: _("Replace or retire"),
        Stopped.RECREATED: _("Merge their changes"),
        Stopped.NOT_CLEAR: _("Look at it with its owner"),
    }[stopped]


def choice_name(choice: Choice) -> str:
    return {Choice.KEEP: _("Keep"), Choice.MEND: _("Mend"), Choice.RETIRE: _("Retire")}[choice]


def evidence(item: DocketItem) -> str:
    """The sentence under where it stopped."""
    facts = item.facts
    if item.stopped is Stopped.NEVER_SHOWN:
        usual = float(facts["usual"]) * float(facts["of"])
        return _(
            "Shown %(count)s times; live assets like it %(usual)s times",
            count=number(int(facts["came"])),
            usual=number(round(usual)),
        )
    if item.stopped is Stopped.NOT_OPENED:
        return _("Opened %(part)s of the times shown; usual is %(usual)s", **_shares(facts))
    if item.stopped is Stopped.NOT_USED:
        return _("Used after %(part)s of the views; usual is %(usual)s", **_shares(facts))
    if item.stopped is Stopped.DROPPED:
        return _(
            "%(earlier)s uses in the year before %(day)s, %(recent)s since",
            earlier=number(int(facts["earlier"])),
            recent=number(int(facts["recent"])),
            day=format_date(date.fromisoformat(str(facts["since"]))),
        )
    if item.stopped is Stopped.RECREATED:
        return str(
            ngettext(
                "%(people)s reps handed in %(num)s version of their own",
                "%(people)s reps handed in %(num)s versions of their own",
                int(facts["adaptations"]),
                people=facts["people"],
            )
        )
    return _("No step stands out")


def successor(row: Row) -> str:
    """What is used in the place of what was dropped; "" where the reader may not see it."""
    facts = row.item.facts
    if row.item.stopped is not Stopped.DROPPED or "deals" not in facts:
        return ""
    if row.successor is not None:
        return _(
            "In its place “%(title)s”: used in %(deals)s of the %(of)s same deals since, in "
            "%(before)s of %(of_before)s before",
            title=row.successor.title,
            deals=number(int(facts["its_deals"])),
            of=number(int(facts["deals"])),
            before=number(int(facts["its_deals_before"])),
            of_before=number(int(facts["deals_before"])),
        )
    if "successor" in facts:
        return ""
    return str(
        ngettext(
            "Nothing stands out in its place in the %(num)s same deal since",
            "Nothing stands out in its place in the %(num)s same deals since",
            int(facts["deals"]),
        )
    )


def _shares(facts: dict[str, Any]) -> dict[str, str]:
    of = float(facts["of"])
    part = float(facts["came"]) / of if of else 0.0
    return {
        "part": percent(part, 0 if part > 0.1 or part == 0 else 1),
        "usual": percent(float(facts["usual"])),
    }


def needs(item: DocketItem) -> str:
    """How much more it would take to know."""
    if item.more_deals is None or item.more_months is None:
        return _("use alone will not tell")
    months = max(1, round(item.more_months))
    return str(
        ngettext(
            "about %(deals)s more eligible deals without a use (%(num)s month at this pace)",
            "about %(deals)s more eligible deals without a use (%(num)s months at this pace)",
            months,
            deals=number(item.more_deals),
        )
    )


def chance(value: float) -> str:
    """A chance, finely where it is small."""
    return percent(value, 1 if value < 0.1 else 0)


@dataclass(frozen=True)
class Step:
    """One of shown, opened, used: its number, whether it stopped there, its width of 100."""

    count: int
    stopped: bool
    width: int


@dataclass(frozen=True)
class Line:
    """One row of the docket, as docket.html shows it."""

    row: Row
    url: str
    picture: Picture | None
    kind: str
    sub: str
    deals: int
    expected: float
    mark: int
    """Where the expected uses stand on the bar, of 100."""
    used: int
    steps: list[Step]
    stopped: str
    evidence: str
    successor: str
    successor_url: str
    carried: str
    wrong: str
    chosen: Choice | None


def line(row: Row, most: float) -> Line:
    """A row in words. `most` is the largest expected number on the page."""
    item, asset = row.item, row.asset
    top = max(most, 1.0)
    types = asset.term_of(Vocabulary.TYPE)
    return Line(
        row,
        url_for("assets.detail", asset_id=asset.id),
        picture(row),
        row.version.family if row.version else "other",
        " · ".join(
            part
            for part in (
                types[0].label if types else "",
                asset.owner.name,
                format_date(asset.published_at) if asset.published_at else "",
            )
            if part
        ),
        round(item.deals),
        round(item.expected, 1),
        min(100, round(100 * item.expected / top)),
        min(100, round(100 * item.uses / top)),
        _steps(item),
        stopped_name(item.stopped),
        evidence(item),
        successor(row),
        url_for("assets.detail", asset_id=row.successor.id) if row.successor else "",
        str(ngettext("%(num)s open deal", "%(num)s open deals", row.open_deals))
        if row.open_deals
        else "",
        chance(item.wrong),
        row.decision.choice if row.decision else None,
    )


def lines(rows: list[Row]) -> list[Line]:
    most = max((row.item.expected for row in rows), default=1.0)
    return [line(row, most) for row in rows]


def _steps(item: DocketItem) -> list[Step]:
    from math import log1p

    counts = (item.shown, item.views, item.uses)
    at = {Stopped.NEVER_SHOWN: 0, Stopped.NOT_OPENED: 1, Stopped.NOT_USED: 2, Stopped.DROPPED: 2}
    top = log1p(max(*counts, 1))
    return [
        Step(count, at.get(item.stopped) == place, max(6, round(100 * log1p(count) / top)))
        for place, count in enumerate(counts)
    ]


def picture(row: Row) -> Picture | None:
    """The first page of the current version."""
    version, page = row.version, row.first_page
    if version is None or page is None or not page.preview_320:
        return None
    src = url_for(
        "assets.preview",
        asset_id=row.asset.id,
        number=version.number,
        page=page.number,
        width=320,
        v=page.preview_320,
    )
    height = round(320 * page.height / page.width) if page.width and page.height else 180
    return Picture(src, 320, height)


def tiles(found: list[Tile], money: Any, address: Any) -> list[dict[str, Any]]:
    """The tiles over the table: text, number, small print, address."""
    return [
        {
            "text": stopped_name(tile.stopped),
            "count": number(tile.count),
            "under": _("%(cost)s to produce", cost=money(tile.cost))
            if tile.stopped is None
            else remedy(tile.stopped),
            "url": address(tile.stopped.value if tile.stopped else None),
            "stopped": tile.stopped.value if tile.stopped else "",
        }
        for tile in found
    ]
