"""What happens is written down here: events, uses, and their corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion
from collateral.clock import now
from collateral.db import db, table
from collateral.deals.models import Deal
from collateral.deals.queries import stage_at
from collateral.errors import Invalid, WrongState
from collateral.usage import counting, rules
from collateral.usage.models import Event, EventKind, Evidence, LeftOut, Retention, Use
from collateral.usage.models_confirming import NoDeal
from collateral.usage.robots import is_robot
from collateral.usage.team_sets import set_of

_STRENGTH = {Evidence.INFERRED: 1, Evidence.DECLARED: 2, Evidence.OBSERVED: 3}
AHEAD = timedelta(minutes=10)


def record(
    kind: EventKind,
    *,
    version: AssetVersion,
    person: Person | None,
    session_key: str | None,
    user_agent: str,
    at: datetime,
    deal: Deal | None = None,
    search: int | None = None,
    visitor: str = "",
    sender: Person | None = None,
    own_team: bool = False,
) -> Event:
    """Append one event and bring the sums up to date.

    Args:
        person: who did it; None for a buyer, who is named by `visitor`.
        session_key: the sign-in session or the visit; None where there is none.
        search: the logged search that led here.
        visitor: an id of the buyer's browser, at most 60 characters; only without `person`.
        sender: whose share a buyer opened; the opening counts for her teams.
        own_team: somebody of ours opened our own link; it is left out.

    Returns:
        The event, flushed; `left_out` and `kept` say whether it counts.

    Raises:
        Invalid: the moment lies ahead, or before what is still kept of raw events.
    """
    if person is None and not visitor:
        raise Invalid(_("An event needs somebody who did it."))
    check_moment(at)
    who = f"p{person.id}" if person else f"v{visitor[:60]}"
    team_set = set_of(person or sender)
    zone = counting.zone()
    left_out = LeftOut.ROBOT if is_robot(user_agent) else LeftOut.OWN_TEAM if own_team else None
    counting.hold_together(who)
    event = Event(
        at=at,
        day=rules.counting_day(at, zone),
        kind=kind,
        asset_id=version.asset_id,
        version_id=version.id,
        person_id=person.id if person else None,
        who=who,
        session=rules.session_key(who, session_key, at, zone, team_set),
        team_set_id=team_set,
        deal_id=deal.id if deal else None,
        search_id=search,
        left_out=left_out,
        kept=False,
    )
    db.session.add(event)
    db.session.flush()  # the write takes SQLite's lock before the neighbours are read
    set_committed_value(event, "kept", counting.count_in(event))
    return event


@dataclass(frozen=True)
class Results:
    """One page of results as it was shown: pairs of asset id and version id, when, and of which
    search."""

    pairs: Sequence[tuple[int, int]]
    at: datetime
    search: int | None = None


def record_shown(
    pages: Sequence[Results], *, person: Person, session_key: str | None, user_agent: str
) -> None:
    """Append that these assets stood in pages of results. A handful of statements in all."""
    if not any(page.pairs for page in pages):
        return
    who = f"p{person.id}"
    team_set = set_of(person)
    zone = counting.zone()
    left_out = LeftOut.ROBOT if is_robot(user_agent) else None
    counting.hold_together(who)
    rows: list[dict[str, Any]] = []
    by_day: dict[date, list[tuple[int, int]]] = defaultdict(list)
    for page in pages:
        day = rules.counting_day(page.at, zone)
        session = rules.session_key(who, session_key, page.at, zone, team_set)
        by_day[day] += page.pairs
        rows += [
            {
                "at": page.at,
                "day": day,
                "kind": EventKind.SHOWN,
                "asset_id": asset_id,
                "version_id": version_id,
                "person_id": person.id,
                "who": who,
                "session": session,
                "team_set_id": team_set,
                "search_id": page.search,
                "left_out": left_out,
                "kept": left_out is None,
            }
            for asset_id, version_id in page.pairs
        ]
    db.session.execute(insert(table(Event)), rows)
    if left_out is None:
        for day, pairs in by_day.items():
            counting.count_shown(pairs, day, team_set)


def leave_out(event: Event, why: LeftOut, *, by: Person | None, reason: str = "") -> None:
    """Cease to count an event; it stays in the log with the reason.

    Raises:
        WrongState: it is left out already.
    """
    if event.left_out is not None:
        raise WrongState(_("This event is left out already."))
    counting.hold_together(event.who)
    event.left_out = why
    db.session.flush()
    counting.count_out(event)
    db.session.refresh(event, ["kept"])
    audit.record(
        "event.left_out", by=by, kind="event", id=event.id, why=why.value, reason=reason[:500]
    )


def check_moment(at: datetime) -> None:
    """Raise Invalid unless an event of that moment can be counted."""
    present = now()
    if at > present + AHEAD:
        raise Invalid(_("The moment lies in the future."))
    if present - at < timedelta(days=1):
        return
    dropped = db.session.scalar(select(Retention.dropped_before))
    if dropped and rules.counting_day(at, counting.zone()) < dropped:
        raise Invalid(
            _(
                "Events before %(dropped)s are no longer kept, so none can be added to them.",
                dropped=dropped,
            )
        )


def declare_use(
    asset: Asset,
    deal: Deal,
    *,
    by: Person,
    at: datetime,
    stage: str | None = None,
    evidence: Evidence = Evidence.DECLARED,
    version: AssetVersion | None = None,
) -> Use:
    """Say that the asset was used in the deal; once for each stage and person.

    Saying it again answers the use that is there, with the stronger evidence of the two
    and the earlier moment.

    Args:
        stage: slug of the stage; None takes the one that the deal was in at that moment.
        version: the one that was used; None takes the current one.

    Raises:
        Invalid: the moment lies in the future.
    """
    if at > now() + AHEAD:
        raise Invalid(
            _("A use cannot lie in the future."), fields={"at": _("It lies in the future.")}
        )
    if stage is None:
        stage = stage_at(deal, at) or deal.stage
    _hold(deal)
    known = _said(asset, deal, stage, by)
    if known is not None:
        _strengthen(known, at, evidence)
        return known
    use = Use(
        asset_id=asset.id,
        version_id=version.id if version else asset.current_version_id,
        deal_id=deal.id,
        person_id=by.id,
        team_set_id=set_of(by),
        stage=stage,
        at=at,
        day=rules.counting_day(at, counting.zone()),
        evidence=evidence,
        created_at=now(),
    )
    db.session.add(use)
    db.session.flush()  # its id is the address for undoing it
    _count(use, 1)
    return use


def _hold(deal: Deal) -> None:
    """Let whoever says something of the deal at the same moment wait here, on both databases,
    until we have committed; then she finds our row."""
    db.session.execute(
        update(Deal)
        .where(Deal.id == deal.id)
        .values(id=Deal.id)
        .execution_options(synchronize_session=False)
    )


def _said(asset: Asset, deal: Deal, stage: str, by: Person) -> Use | None:
    """The use that the person said before and has not taken back."""
    return db.session.scalar(
        select(Use).where(
            Use.deal_id == deal.id,
            Use.asset_id == asset.id,
            Use.stage == stage,
            Use.person_id == by.id,
            Use.retracted_at.is_(None),
        )
    )


def _strengthen(use: Use, at: datetime, evidence: Evidence) -> None:
    if _STRENGTH[evidence] > _STRENGTH[use.evidence]:
        use.evidence = evidence
    if at < use.at:
        _count(use, -1)
        use.at, use.day = at, rules.counting_day(at, counting.zone())
        _count(use, 1)


def _count(use: Use, step: int) -> None:
    counting.count_uses(use.asset_id, use.version_id, use.day, use.team_set_id, step)


def retract_use(use: Use, *, by: Person, at: datetime, reason: str = "") -> None:
    """Take a use back; it stays in the log with who, when and why, and counts no more.

    Raises:
        WrongState: it was taken back already.
    """
    if use.retracted_at is not None:
        raise WrongState(_("This use was taken back already."))
    use.retracted_at, use.retracted_by_id = at, by.id
    use.retract_reason = reason[:500]
    db.session.flush()
    _count(use, -1)
    audit.record("use.retracted", by=by, kind="use", id=use.id, reason=reason[:500])


def answer_no_deal(person: Person, asset: Asset, *, at: datetime) -> None:
    """Take the person's word that her downloads of the asset up to now were for no deal."""
    answer = db.session.get(NoDeal, (person.id, asset.id))
    if answer is None:
        db.session.add(NoDeal(person_id=person.id, asset_id=asset.id, at=at))
    else:
        answer.at = at
