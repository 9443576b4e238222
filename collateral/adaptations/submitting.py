"""Handing an adaptation to marketing, and taking it back. None of it commits."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _

from collateral.accounts.models import Person
from collateral.adaptations import happenings, notices
from collateral.adaptations.models import Adaptation, Status
from collateral.adaptations.turns import note_step, take_turn
from collateral.assets.models import Asset, ReadingState
from collateral.db import db
from collateral.errors import WrongState
from collateral.notify.announcing import announce
from collateral.notify.operations import tell


def submit(
    adaptation: Adaptation,
    *,
    by: Person,
    at: datetime,
    text: str = "",
    revision: int | None = None,
) -> None:
    """Hand it to marketing; once more, with an answer, when it was declined.

    Raises:
        WrongState: its file could not be read, its source is not known, or it was submitted.
    """
    if adaptation.status not in (Status.PRIVATE, Status.DECLINED):
        raise WrongState(_("It was submitted already."))
    if adaptation.state is ReadingState.FAILED:
        raise WrongState(_("The file could not be read, so there is nothing to compare."))
    if adaptation.traced_at is None:
        raise WrongState(_("It is still being read; submit it in a moment."))
    if adaptation.asset_id is None or adaptation.confirmed_at is None:
        raise WrongState(_("Say first which asset it was adapted from."))
    if revision is not None:
        take_turn(adaptation, revision)
    adaptation.status = Status.SUBMITTED
    adaptation.submitted_at = at
    note_step(adaptation, Status.SUBMITTED, by=by, at=at, text=text)
    asset = db.session.get_one(Asset, adaptation.asset_id)
    announce(happenings.SUBMITTED, happenings.facts_of(adaptation), at)
    if asset.owner_id != by.id:
        tell(
            [asset.owner_id],
            notices.SUBMITTED,
            {
                "adaptation": adaptation.id,
                "title": adaptation.title,
                "person": by.name,
                "asset": asset.title,
            },
            at,
        )


def take_back(
    adaptation: Adaptation, *, by: Person, at: datetime, revision: int | None = None
) -> None:
    """Make it private again. Raises WrongState when somebody decided on it."""
    if adaptation.status is not Status.SUBMITTED:
        raise WrongState(_("Only what waits for a decision can be taken back."))
    take_turn(adaptation, revision)
    adaptation.status = Status.PRIVATE
    adaptation.submitted_at = None
    note_step(adaptation, Status.PRIVATE, by=by, at=at)
