"""Links and visits in words, for the rep's pages; no queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.sharing.models import Outcome, Share, Visit
from collateral.sharing.visited import AssetRead, PageRead
from collateral.words import N_

NOW = timedelta(seconds=30)

_DEVICES = {"phone": N_("Phone"), "tablet": N_("Tablet"), "computer": N_("Computer")}
_OUTCOMES = {
    Outcome.SILENT: N_("No sign of a reader"),
    Outcome.GATE: N_("Stopped at the gate"),
    Outcome.ASKED: N_("Asked not to be recorded"),
    Outcome.OWN_TEAM: N_("Our own people"),
    Outcome.PREFETCH: N_("Fetched ahead"),
}
_MEANINGS = {
    Outcome.VISIT: N_("Somebody read it."),
    Outcome.SILENT: N_(
        "The page was sent, and nobody touched, scrolled or typed. Many mail filters do that."
    ),
    Outcome.GATE: N_("The passcode or the code was not given."),
    Outcome.ASKED: N_("The reader said so."),
    Outcome.OWN_TEAM: N_("Somebody who signs in here opened it."),
    Outcome.PREFETCH: N_("A browser or mail program fetched it unasked."),
    Outcome.PREVIEW: N_("A chat or mail program drew a preview."),
    Outcome.SCANNER: N_("A mail filter looked whether it is safe."),
    Outcome.ROBOT: N_("A program on COUNTER's list of robots."),
}


def _label(outcome: Outcome, count: int) -> str:
    """What so many of them are called, without their number."""
    if outcome is Outcome.VISIT:
        return str(ngettext("Visit", "Visits", count))
    if outcome is Outcome.PREVIEW:
        return str(ngettext("Link preview", "Link previews", count))
    if outcome is Outcome.SCANNER:
        return str(ngettext("Link scanner", "Link scanners", count))
    if outcome is Outcome.ROBOT:
        return str(ngettext("Robot", "Robots", count))
    return str(_(_OUTCOMES[outcome]))


def state_of(share: Share, at: datetime) -> str:
    """live, off or expired."""
    if share.revoked_at is not None:
        return "off"
    return "expired" if share.expires_at is not None and share.expires_at <= at else "live"


@dataclass(frozen=True)
class ToldOpenings:
    """How often something became of the link, and what that means."""

    outcome: str
    label: str
    """Beside the count."""
    one: str
    """For a single opening."""
    meaning: str
    count: int


def openings_told(counts: Mapping[Outcome, int]) -> list[ToldOpenings]:
    """The openings by what became of them, in words."""
    return [
        ToldOpenings(
            outcome.value,
            _label(outcome, count),
            _label(outcome, 1),
            _(_MEANINGS[outcome]),
            count,
        )
        for outcome, count in counts.items()
    ]


@dataclass(frozen=True)
class ShownVisit:
    """One visit: when, on what, for how long, and which pages for how long."""

    at: datetime
    live: bool
    who: str
    device: str
    seconds: float
    downloads: int
    pages: int
    reads: list[AssetRead]


def shown_visit(visit: Visit, reads: Sequence[AssetRead], at: datetime) -> ShownVisit:
    """The visit in words; pages that the reader may not see are left out."""
    mine = {(page.asset_id, page.page): page.seconds for page in visit.pages}
    found = []
    for read in reads:
        pages = [
            PageRead(page.number, page.title, mine.get((read.asset_id, page.number), 0.0))
            for page in read.pages
        ]
        if any((read.asset_id, page.number) in mine for page in pages):
            found.append(AssetRead(read.asset_id, read.title, read.version, pages))
    return ShownVisit(
        at=visit.started_at,
        live=at - visit.last_at < NOW,
        who=visit.email,
        device=_(_DEVICES[visit.device]) if visit.device in _DEVICES else "",
        seconds=visit.seconds,
        downloads=visit.downloads,
        pages=len(mine),
        reads=found,
    )
