"""Openings and visits: what is written down when a link is asked for and when it is read.

The request for the page is an opening and no more. A visit begins when the opened page says
that somebody touched it, turned a page or typed; then each message adds the seconds that
pages stood before her eyes. The first visit is told to the maker and is a use in the deal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from collateral.assets.models import Asset, AssetVersion
from collateral.db import db, table, upsert
from collateral.deals.models import Deal
from collateral.errors import NotFound
from collateral.notify.announcing import announce
from collateral.notify.operations import tell
from collateral.observing import events
from collateral.sharing import access, queries, rules
from collateral.sharing.access import Part
from collateral.sharing.models import Opening, Outcome, Seen, Share, Visit, VisitPage
from collateral.sharing.notices import OPENED, VISITED
from collateral.sharing.showing import Leaf
from collateral.usage import operations as usage
from collateral.usage.models import EventKind, Evidence
from collateral.usage.robots import is_robot

OPEN_FOR = timedelta(hours=12)
"""How long a page that was opened may still say what becomes of it."""
_LEFT_OUT = (Outcome.OWN_TEAM, Outcome.ROBOT, Outcome.PREVIEW, Outcome.SCANNER, Outcome.ASKED)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """The browser that reads: its hash on this link, what it calls itself, whose it is."""

    visitor: str
    user_agent: str
    email: str = ""
    own: bool = False


def note_opening(share: Share, outcome: Outcome, *, at: datetime, user_agent: str) -> Opening:
    """Write down that the link's page was asked for. Flushed: the page names it."""
    opening = Opening(share_id=share.id, at=at, outcome=outcome, program=_printable(user_agent))
    db.session.add(opening)
    db.session.flush()
    return opening


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:120]


def beat(
    share: Share,
    opening_id: int,
    told: Mapping[tuple[int, int], float],
    reader: Reader,
    *,
    at: datetime,
) -> Visit | None:
    """Take a message of the opened page: seconds by part and page, both from 1.

    Returns:
        The visit; None where the reader asked that none be recorded.

    Raises:
        NotFound: there was no such opening of this link, or it is too long ago.
    """
    # The write comes first: two messages at once wait here for each other, on both databases.
    openings = table(Opening)
    db.session.execute(
        update(openings)
        .where(openings.c.id == opening_id, openings.c.share_id == share.id)
        .values(share_id=share.id)
    )
    opening = db.session.get(Opening, opening_id, populate_existing=True)
    if opening is None or opening.share_id != share.id or at - opening.at > OPEN_FOR:
        raise NotFound(access.GONE)
    if opening.outcome is Outcome.ASKED:
        return None
    visit = _visit_of(share, opening, reader)
    leaves = _told_leaves(access.parts(share), told)
    known = {page.asset_id for page in visit.pages}
    _add_seconds(visit, leaves, at)
    for asset_id, version_id in {leaf.asset_id: leaf.version_id for leaf in leaves}.items():
        if asset_id not in known:
            _opened(share, visit, db.session.get_one(AssetVersion, version_id), reader, at)
    return visit


def _visit_of(share: Share, opening: Opening, reader: Reader) -> Visit:
    if opening.visit_id is not None:
        return db.session.get_one(Visit, opening.visit_id, populate_existing=True)
    outcome = Outcome.VISIT
    if reader.own:
        outcome = Outcome.OWN_TEAM
    elif opening.outcome in _LEFT_OUT:
        outcome = opening.outcome
    elif is_robot(reader.user_agent):
        outcome = Outcome.ROBOT
    visit = Visit(
        share_id=share.id,
        visitor=reader.visitor,
        email=reader.email,
        device=rules.device_of(reader.user_agent),
        started_at=opening.at,
        last_at=opening.at,
        outcome=outcome,
    )
    db.session.add(visit)
    db.session.flush()
    opening.visit_id, opening.outcome = visit.id, outcome
    events.visit_began(outcome.value)
    return visit


def _told_leaves(parts: list[Part], told: Mapping[tuple[int, int], float]) -> dict[Leaf, float]:
    """The pages that the message speaks of; what is none is left out."""
    there = {part.position: part for part in parts}
    found: dict[Leaf, float] = {}
    for (position, number), seconds in told.items():
        part = there.get(position)
        if part is not None and 1 <= number <= len(part.leaves):
            leaf = part.leaves[number - 1]
            found[leaf] = found.get(leaf, 0.0) + seconds
    return found


def _add_seconds(visit: Visit, leaves: Mapping[Leaf, float], at: datetime) -> None:
    before = {(page.version_id, page.page): page for page in visit.pages}
    numbered = dict(enumerate(leaves))
    added = rules.counted_seconds(
        {n: leaves[leaf] for n, leaf in numbered.items()},
        visit.last_at,
        at,
        {
            n: row.seconds
            for n, leaf in numbered.items()
            if (row := before.get((leaf.version_id, leaf.page))) is not None
        },
    )
    for n, leaf in numbered.items():
        row = before.get((leaf.version_id, leaf.page))
        if row is None:
            row = VisitPage(
                version_id=leaf.version_id, page=leaf.page, asset_id=leaf.asset_id, seconds=0.0
            )
            visit.pages.append(row)
            before[leaf.version_id, leaf.page] = row
        row.seconds = round(row.seconds + added.get(n, 0.0), 2)
    visit.seconds = round(visit.seconds + sum(added.values()), 2)
    visit.last_at = max(visit.last_at, at)
    db.session.flush()


def note_download(share: Share, visitor: str, *, at: datetime) -> None:
    """A buyer took a file with her: her latest visit says so. Without a visit nothing does."""
    latest = (
        select(Visit.id)
        .where(Visit.share_id == share.id, Visit.visitor == visitor, Visit.last_at > at - OPEN_FOR)
        .order_by(Visit.last_at.desc(), Visit.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    db.session.execute(
        update(Visit)
        .where(Visit.id == latest)
        .values(downloads=Visit.downloads + 1)
        .execution_options(synchronize_session=False)
    )


def ask_not_to_record(share: Share, opening_id: int) -> None:
    """The reader does not want this visit recorded: what there was of it goes."""
    opening = db.session.get(Opening, opening_id)
    if opening is None or opening.share_id != share.id:
        return
    visit_id, opening.visit_id = opening.visit_id, None
    opening.outcome, opening.program = Outcome.ASKED, ""
    db.session.flush()
    if visit_id is not None:
        db.session.execute(delete(VisitPage).where(VisitPage.visit_id == visit_id))
        db.session.execute(delete(Visit).where(Visit.id == visit_id))


def _opened(
    share: Share, visit: Visit, version: AssetVersion, reader: Reader, at: datetime
) -> None:
    """The first page of an asset in a visit opens the asset; the first ever by this link is a
    use in its deal."""
    if visit.outcome not in (Outcome.VISIT, Outcome.OWN_TEAM, Outcome.ROBOT):
        return  # the link's own list of openings says what it was
    deal = db.session.get(Deal, share.deal_id) if share.deal_id is not None else None
    usage.record(
        EventKind.OPENED,
        version=version,
        person=None,
        visitor=reader.visitor,
        session_key=f"v{visit.id}",
        user_agent=reader.user_agent,
        at=at,
        deal=deal,
        sender=share.maker,
        own_team=visit.outcome is Outcome.OWN_TEAM,
    )
    if visit.outcome is Outcome.VISIT:
        _first(share, version, deal, at)


def _first(share: Share, version: AssetVersion, deal: Deal | None, at: datetime) -> None:
    # Once for link and asset: a use that the rep took back does not come again by itself.
    fresh = db.session.scalar(
        upsert(Seen)
        .values(share_id=share.id, asset_id=version.asset_id, at=at)
        .on_conflict_do_nothing()
        .returning(Seen.asset_id)
    )
    if fresh is None:
        return
    asset = db.session.get_one(Asset, version.asset_id)
    if deal is not None:
        usage.declare_use(
            asset, deal, by=share.maker, at=at, evidence=Evidence.OBSERVED, version=version
        )
    if share.visited_at is None:
        share.visited_at = at
        facts: dict[str, str | int] = {
            "share": share.id,
            "who": share.recipient,
            "title": asset.title,
        }
        tell([share.person_id], OPENED, facts, at, once=f"share:{share.id}")
        told: dict[str, str | int] = {"share": share.id, "asset": asset.id, "title": asset.title}
        if deal is not None:
            told["deal"] = deal.id
        announce(VISITED, told, at)


def forget_old(at: datetime) -> int:
    """Remove visits and openings that are older than they are to be kept; how many visits."""
    horizon = at - timedelta(days=queries.settings().keep_days)
    old = select(Visit.id).where(Visit.last_at < horizon)
    db.session.execute(
        update(Opening)
        .where(Opening.visit_id.in_(old))
        .values(visit_id=None)
        .execution_options(synchronize_session=False)
    )
    for doomed in (
        delete(VisitPage).where(VisitPage.visit_id.in_(old)),
        delete(Opening).where(Opening.at < horizon),
    ):
        db.session.execute(doomed.execution_options(synchronize_session=False))
    gone = db.session.execute(
        delete(Visit)
        .where(Visit.last_at < horizon)
        .returning(Visit.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
