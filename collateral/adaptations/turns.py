"""Whose turn it is with an adaptation, and what was done with it. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from flask_babel import lazy_gettext as _
from sqlalchemy import CursorResult, select, update

from collateral.accounts.models import Person
from collateral.adaptations.models import Adaptation, AdaptationStep, Status
from collateral.db import db
from collateral.errors import Conflict

NOTE_LENGTH = 5000


class DecidedMeanwhile(Conflict):
    """Somebody else changed or decided it after the page was opened."""


def take_turn(adaptation: Adaptation, revision: int | None) -> None:
    """Raise its revision, unless somebody else did since `revision` was read.

    Whoever comes second waits here for the first and is then told; nothing is overwritten.

    Raises:
        DecidedMeanwhile: it has another revision by now.
    """
    expected = adaptation.revision if revision is None else revision
    taken = db.session.execute(
        update(Adaptation)
        .where(Adaptation.id == adaptation.id, Adaptation.revision == expected)
        .values(revision=Adaptation.revision + 1)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", taken).rowcount != 1:
        raise DecidedMeanwhile(_what_happened(adaptation))
    # What another request committed before we held the row must not be taken for unchanged.
    db.session.refresh(adaptation)


def _what_happened(adaptation: Adaptation) -> object:
    row = db.session.execute(
        select(Person.name, AdaptationStep.status)
        .join(AdaptationStep, AdaptationStep.person_id == Person.id)
        .where(AdaptationStep.adaptation_id == adaptation.id)
        .order_by(AdaptationStep.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return _("It was changed while you had it open. Nothing was overwritten; look again.")
    who = row[0]
    return {
        Status.SUBMITTED: _(
            "%(who)s submitted it while you had it open. Nothing was overwritten.", who=who
        ),
        Status.ACCEPTED: _(
            "%(who)s accepted it while you had it open. Nothing was overwritten.", who=who
        ),
        Status.MERGED: _(
            "%(who)s merged pages of it while you had it open. Nothing was overwritten.", who=who
        ),
        Status.DECLINED: _(
            "%(who)s declined it, or a page of it, while you had it open. Nothing was overwritten.",
            who=who,
        ),
        Status.PRIVATE: _(
            "%(who)s took it back while you had it open. Nothing was overwritten.", who=who
        ),
    }[row[1]]


def note_step(
    adaptation: Adaptation,
    status: Status,
    *,
    by: Person,
    at: datetime,
    text: str = "",
    pages: Sequence[int] = (),
) -> None:
    """Write down what happened, for all to see."""
    db.session.add(
        AdaptationStep(
            adaptation_id=adaptation.id,
            person_id=by.id,
            status=status,
            text=text.strip()[:NOTE_LENGTH],
            pages=list(pages),
            at=at,
        )
    )
