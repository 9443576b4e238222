"""What the maker of an adaptation does with it. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.adaptations import storing
from collateral.adaptations.jobs_adaptations import read_adaptation, redraw_regions
from collateral.adaptations.models import (
    Adaptation,
    AdaptationComment,
    AdaptationStep,
    AdaptationUse,
    Reason,
    Status,
)
from collateral.adaptations.submitting import submit
from collateral.adaptations.turns import NOTE_LENGTH, take_turn
from collateral.assets.intake import Received
from collateral.assets.models import Asset, ReadingState
from collateral.assets.rules import TITLE_LENGTH, title_from_filename
from collateral.db import db
from collateral.deals.models import Deal
from collateral.errors import Invalid, WrongState
from collateral.queue import after_commit
from collateral.usage import operations as usage
from collateral.usage.models import Use

MOST_MINUTES = 60 * 24 * 30


def hand_in(
    received: Received, *, by: Person, at: datetime, asset: Asset | None = None
) -> Adaptation:
    """A private adaptation of this file, which is read and traced after the commit.

    The very file that she handed in before is that adaptation again.

    Args:
        asset: from whose page it was handed in.
    """
    known = db.session.scalar(
        select(Adaptation)
        .where(Adaptation.person_id == by.id, Adaptation.sha256 == received.stored.sha256)
        .order_by(Adaptation.id.desc())
        .limit(1)
    )
    if known is not None:
        return known
    adaptation = Adaptation(
        title=title_from_filename(received.filename),
        person_id=by.id,
        named_asset_id=asset.id if asset else None,
        created_at=at,
        **received.columns(),
    )
    db.session.add(adaptation)
    db.session.flush()  # the job needs its id
    after_commit(read_adaptation, adaptation.id)
    return adaptation


@dataclass(frozen=True)
class Answers:
    """What its maker says of an adaptation.

    `asset` corrects the source that was found; None leaves it. `minutes` is None where she
    does not say.
    """

    title: str = ""
    asset: Asset | None = None
    deal: Deal | None = None
    reasons: Sequence[str] = ()
    note: str = ""
    minutes: int | None = None
    submit: bool = False


def confirm(
    adaptation: Adaptation,
    answers: Answers,
    *,
    by: Person,
    at: datetime,
    revision: int | None = None,
) -> None:
    """Take her word on where it came from, for which deal, why, and how long it took.

    Raises:
        Invalid: a reason that is none, minutes beyond a month.
        WrongState: it was submitted already, or is submitted before its source is known.
    """
    if adaptation.status is not Status.PRIVATE:
        raise WrongState(_("It was submitted already; take it back to change it."))
    take_turn(adaptation, revision)
    _take_answers(adaptation, answers, at)
    corrected = answers.asset is not None and answers.asset.id != adaptation.asset_id
    if answers.asset is not None and corrected:
        lineage = storing.trace_adaptation(adaptation, within=answers.asset.id)
        storing.keep_lineage(adaptation, lineage, asset_id=answers.asset.id)
        after_commit(redraw_regions, adaptation.id)
    if answers.submit:
        submit(adaptation, by=by, at=at)


def answer_ahead(adaptation: Adaptation, answers: Answers, *, at: datetime) -> None:
    """Take her word on a file that is still to be read; it is submitted when its source is known.

    The source is the asset that she names, where pages came from it; else what is found.

    Raises:
        Invalid: a reason that is none, minutes beyond a month.
    """
    _take_answers(adaptation, answers, at)
    if answers.asset is not None:
        adaptation.named_asset_id = answers.asset.id
    if answers.submit:
        adaptation.submitted_at = at


def _take_answers(adaptation: Adaptation, answers: Answers, at: datetime) -> None:
    unknown = [reason for reason in answers.reasons if reason not in set(Reason)]
    if unknown:
        sentence = _("“%(reason)s” is no reason.", reason=unknown[0])
        raise Invalid(sentence, fields={"reasons": _("Choose from the list.")})
    if answers.minutes is not None and not 0 <= answers.minutes <= MOST_MINUTES:
        sentence = _("The time it took is from nothing to a month.")
        raise Invalid(sentence, fields={"minutes": _("From nothing to a month.")})
    adaptation.title = answers.title.strip()[:TITLE_LENGTH] or adaptation.title
    adaptation.deal_id = answers.deal.id if answers.deal else None
    adaptation.reasons = list(dict.fromkeys(answers.reasons))
    adaptation.note = answers.note.strip()[:NOTE_LENGTH]
    adaptation.minutes = answers.minutes
    adaptation.confirmed_at = at


def remove(adaptation: Adaptation, *, by: Person) -> None:
    """Forget it, with all that was said of it. Raises WrongState once it counts for others."""
    if adaptation.status not in (Status.PRIVATE, Status.DECLINED):
        raise WrongState(_("What was submitted stays; take it back first."))
    used = select(AdaptationUse.use_id).where(AdaptationUse.adaptation_id == adaptation.id)
    if adaptation.variant_id is not None or db.session.scalar(used.limit(1)) is not None:
        raise WrongState(_("It was used in a deal, so it stays."))
    answers = AdaptationComment.adaptation_id == adaptation.id
    db.session.execute(delete(AdaptationComment).where(answers, AdaptationComment.parent_id > 0))
    db.session.execute(delete(AdaptationComment).where(answers))
    db.session.execute(delete(AdaptationStep).where(AdaptationStep.adaptation_id == adaptation.id))
    audit.record(
        "adaptation.removed", by=by, kind="adaptation", id=adaptation.id, title=adaptation.title
    )
    db.session.delete(adaptation)


def read_again(adaptation: Adaptation) -> None:
    """Queue it as if it had just been received. Raises WrongState for what has been read."""
    if adaptation.state is not ReadingState.FAILED:
        raise WrongState(_("It has been read."))
    adaptation.traced_at = None
    adaptation.state = ReadingState.RECEIVED
    adaptation.error = None
    adaptation.attempts = 0
    after_commit(read_adaptation, adaptation.id)


def declare_use(
    adaptation: Adaptation, deal: Deal, *, by: Person, at: datetime, stage: str | None = None
) -> Use:
    """Say that it was used in the deal.

    An accepted one is an asset and counts as that; any other is a use of its source, marked as
    this adaptation's, for which the family is credited by its share.

    Raises:
        WrongState: it came from nothing in the library.
    """
    asset_id = adaptation.variant_id or adaptation.asset_id
    if asset_id is None:
        raise WrongState(_("It came from nothing in the library, so there is nothing to count."))
    asset = db.session.get_one(Asset, asset_id)
    version = None if adaptation.variant_id else adaptation.source_version
    use = usage.declare_use(asset, deal, by=by, at=at, stage=stage, version=version)
    if adaptation.variant_id is None and db.session.get(AdaptationUse, use.id) is None:
        db.session.add(AdaptationUse(use_id=use.id, adaptation_id=adaptation.id))
    return use
