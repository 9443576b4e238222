"""What a rep sent to her buyers, and what they opened of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.accounts.models import Person
from collateral.deals.models import Deal
from collateral.sharing import visited
from collateral.templating import duration, format_day
from collateral.usage.models import Evidence, Use

SHOWN, LOOKED_BACK = 4, timedelta(days=14)


@dataclass(frozen=True)
class Opened:
    """A visit of a buyer; see templates/home/rep.html."""

    who: str
    deal: str
    text: str
    at: datetime
    url: str


@dataclass(frozen=True)
class Sent:
    """What a deal's buyer has had; see templates/home/_call.html.

    `pages` of the file and the numbers `read` of them, where one file was opened.
    """

    text: str
    title: str
    url: str
    evidence: str
    pages: int = 0
    read: Sequence[int] = ()
    opened: str = ""


def opened(person: Person, at: datetime) -> list[Opened]:
    """The latest visits to her links. One query."""
    return [
        Opened(
            who=visit.share.recipient,
            deal=visit.share.deal.name if visit.share.deal else "",
            text=_(
                "%(time)s on %(pages)s",
                time=duration(visit.seconds),
                pages=ngettext("%(num)s page", "%(num)s pages", visit.pages),
            ),
            at=visit.at,
            url=url_for("sharing.detail", share_id=visit.share.id),
        )
        for visit in visited.recent_visits(person, at - LOOKED_BACK, limit=SHOWN)
    ]


def sent(deals: Sequence[Deal], person: Person) -> dict[int, Sent]:
    """By deal the link that was sent last and what was read of it. A handful of queries."""
    return {
        deal_id: Sent(
            _("Sent %(when)s", when=format_day(each.share.created_at)),
            ", ".join(each.titles),
            url_for("sharing.detail", share_id=each.share.id),
            Evidence.OBSERVED.value if each.told.visits else "",
            each.pages if each.read else 0,
            each.read,
            _read(each.told),
        )
        for deal_id, each in visited.last_sent([deal.id for deal in deals], person).items()
        if each.titles
    }


def _read(told: visited.Told) -> str:
    if not told.visits:
        return str(_("not opened yet"))
    visits = ngettext("%(num)s visit", "%(num)s visits", told.visits)
    return f"{visits}, {duration(told.seconds)}"


def others(uses: Sequence[Use], link: Sent | None) -> Sequence[Use]:
    """The uses that the line of the link does not tell already."""
    return [use for use in uses if link is None or use.evidence is not Evidence.OBSERVED]
