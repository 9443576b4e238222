"""Decisions on the docket: keep, mend, retire, taken back, and carried out. Nothing commits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.assets.models import Asset, Status
from collateral.db import db
from collateral.errors import WrongState
from collateral.notify.kinds import Facts
from collateral.notify.operations import tell
from collateral.retirement import notices, operations
from collateral.retirement.models import Choice, Decision, DocketItem, Ended, Season
from collateral.retirement.rules import MEND_DAYS, WARNINGS, retire_day
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day


def decide(
    asset: Asset,
    choice: Choice,
    *,
    by: Person,
    at: datetime,
    reason: str = "",
    replacement: Asset | None = None,
    at_once: bool = False,
    months: frozenset[int] | None = None,
) -> Decision:
    """Decide on an asset of the docket, with the evidence that it shows now.

    Keeping says why; `months`, in which it is of use, are then counted alone from now on.
    Retiring takes effect in four weeks, of which the owner is told now and two weeks ahead,
    or `at_once`. An earlier decision that still holds is replaced.

    Raises:
        Invalid: no reason, or the replacement cannot stand in for it.
        WrongState: it is not published.
    """
    if asset.status is not Status.PUBLISHED:
        raise WrongState(_("Only a published asset is decided on here."))
    reason = operations.reason_given(reason, needed=choice is not Choice.MEND)
    if choice is Choice.RETIRE:
        operations.check(asset, replacement)
    else:
        replacement = None
    before = standing_decision(asset.id)
    if before is not None:
        _end(before, by=by, at=at, why=Ended.REPLACED)
    decision = Decision(
        asset_id=asset.id,
        choice=choice,
        reason=reason,
        replacement_id=replacement.id if replacement else None,
        by_id=by.id,
        at=at,
        due_on=_due_on(choice, counting_day(at, zone()), at_once=at_once),
    )
    _note_evidence(decision, before)
    if choice is Choice.KEEP and months is not None:
        _narrow_to_season(decision, months)
    db.session.add(decision)
    audit.record(
        f"docket.{choice.value}",
        by=by,
        kind="asset",
        id=asset.id,
        title=asset.title,
        reason=reason,
        due_on=_iso(decision.due_on),
    )
    _follow(decision, asset, replacement, by=by, at=at, at_once=at_once)
    return decision


def _follow(
    decision: Decision,
    asset: Asset,
    replacement: Asset | None,
    *,
    by: Person,
    at: datetime,
    at_once: bool,
) -> None:
    """What a decision brings with it."""
    # The notices and the retirement name the decision by its id.
    db.session.flush()
    if decision.choice is Choice.RETIRE and at_once:
        _carry_out(decision, asset, replacement, by=by, at=at)
    elif decision.choice is Choice.RETIRE:
        warn(decision, asset, days=WARNINGS[0], at=at)
    elif decision.choice is Choice.MEND:
        _ask_to_mend(decision, asset, by=by, at=at)


def _due_on(choice: Choice, today: date, *, at_once: bool) -> date | None:
    if choice is Choice.RETIRE:
        return retire_day(today, at_once=at_once)
    return today + timedelta(days=MEND_DAYS) if choice is Choice.MEND else None


def _note_evidence(decision: Decision, before: Decision | None) -> None:
    """Keep beside the decision what the docket shows now, and what it takes the place of: by
    the one it is known whether new evidence came, by the other it is taken back."""
    item = db.session.get(DocketItem, decision.asset_id)
    decision.deals = item.deals if item else 0.0
    decision.uses = item.uses if item else 0
    decision.signs = item.signs if item else 0
    decision.seen = {"before": before.id if before else None}
    if item is not None:
        decision.seen |= {
            "wrong": item.wrong,
            "expected": item.expected,
            "stopped": item.stopped.value,
        }


def _narrow_to_season(decision: Decision, months: frozenset[int]) -> None:
    """Count these months of the asset alone; what was counted before is kept for `undo`."""
    decision.seen["season"] = _season(decision.asset_id)
    _set_season(decision.asset_id, sorted(months))


def _ask_to_mend(decision: Decision, asset: Asset, *, by: Person, at: datetime) -> None:
    """Tell the owner by when it should be mended, unless it is she who decided so."""
    if asset.owner_id == by.id:
        return
    facts: Facts = {
        "asset": asset.id,
        "title": asset.title,
        "name": by.name,
        "day": _iso(decision.due_on) or "",
    }
    tell([asset.owner_id], notices.ASKED, facts, at, once=f"decision {decision.id}")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def standing_decision(asset_id: int) -> Decision | None:
    """The decision that holds for the asset."""
    return db.session.scalar(
        select(Decision).where(Decision.asset_id == asset_id, Decision.ended_at.is_(None))
    )


def undo(decision: Decision, *, by: Person, at: datetime) -> None:
    """Take a decision back: everything is as it was before it.

    What was retired by it is put back, its season goes, and what was kept or to be mended by the
    decision before it is so again. A retirement that it called off is not set going anew.

    Raises:
        WrongState: it holds no more.
    """
    if decision.ended_at is not None:
        raise WrongState(_("This decision holds no more."))
    asset = decision.asset
    if decision.carried_out_at is not None and asset.status is Status.RETIRED:
        operations.restore(asset, by=by, at=at)
    _end(decision, by=by, at=at, why=Ended.UNDONE)
    if "season" in decision.seen:
        _set_season(asset.id, decision.seen["season"])
    _hold_again(decision.seen.get("before"))
    audit.record(
        "docket.undone",
        by=by,
        kind="asset",
        id=asset.id,
        title=asset.title,
        choice=decision.choice.value,
    )


def put_back(asset: Asset, *, by: Person, at: datetime) -> None:
    """Put a retired asset back as it was. A decision by which it was retired is taken back.

    Raises:
        WrongState: it is not retired, or its files were deleted.
    """
    decision = standing_decision(asset.id)
    if decision is not None and decision.carried_out_at is not None:
        undo(decision, by=by, at=at)
    else:
        operations.restore(asset, by=by, at=at)


def _end(decision: Decision, *, by: Person | None, at: datetime, why: Ended) -> None:
    decision.ended_at, decision.ended_why = at, why.value
    decision.ended_by_id = by.id if by else None
    # Written before what follows it: of an asset one decision holds, and the database says so.
    db.session.flush()


def _hold_again(decision_id: int | None) -> None:
    """Let a keep or a mend hold that another decision took the place of."""
    before = db.session.get(Decision, decision_id) if decision_id is not None else None
    if before is None or before.choice is Choice.RETIRE or before.ended_why != Ended.REPLACED:
        return
    before.ended_at, before.ended_by_id, before.ended_why = None, None, ""
    db.session.flush()


def _season(asset_id: int) -> list[int] | None:
    """The months in which the asset is of use; None for all."""
    season = db.session.get(Season, asset_id)
    return list(season.months) if season else None


def _set_season(asset_id: int, months: list[int] | None) -> None:
    if months is not None:
        db.session.merge(Season(asset_id=asset_id, months=months))
    elif (season := db.session.get(Season, asset_id)) is not None:
        db.session.delete(season)


def warn(decision: Decision, asset: Asset, *, days: int, at: datetime) -> None:
    """Tell the owner, once for each decision and warning, when it goes out of search."""
    assert decision.due_on is not None
    facts: Facts = {
        "asset": asset.id,
        "title": asset.title,
        "day": decision.due_on.isoformat(),
    }
    tell([asset.owner_id], notices.GOING, facts, at, once=f"decision {decision.id} {days}")


def carry_out_due(at: datetime) -> int:
    """Retire what is due, and warn the owners two weeks ahead; how many were retired."""
    today = counting_day(at, zone())
    waiting = db.session.scalars(
        select(Decision)
        .where(
            Decision.choice == Choice.RETIRE,
            Decision.ended_at.is_(None),
            Decision.carried_out_at.is_(None),
            Decision.due_on <= today + timedelta(days=WARNINGS[-1]),
        )
        .options(joinedload(Decision.asset), joinedload(Decision.by))
        .order_by(Decision.id)
    ).all()
    done = 0
    for decision in waiting:
        asset = decision.asset
        assert decision.due_on is not None
        if asset.status is not Status.PUBLISHED:
            _end(decision, by=None, at=at, why=Ended.OVERTAKEN)
        elif decision.due_on <= today:
            replacement = decision.replacement
            if replacement is not None and replacement.status is not Status.PUBLISHED:
                replacement = None
            _carry_out(decision, asset, replacement, by=decision.by, at=at)
            done += 1
        else:
            warn(decision, asset, days=WARNINGS[-1], at=at)
    return done


def _carry_out(
    decision: Decision, asset: Asset, replacement: Asset | None, *, by: Person, at: datetime
) -> None:
    operations.retire(asset, by=by, at=at, reason=decision.reason, replacement=replacement)
    decision.carried_out_at = at
