"""What is said and decided about a submitted adaptation. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.adaptations import happenings, notices
from collateral.adaptations.crediting import credit_of, tell_of_version
from collateral.adaptations.jobs_adaptations import put_together
from collateral.adaptations.models import (
    Adaptation,
    AdaptationComment,
    AdaptationPage,
    Merging,
    Status,
)
from collateral.adaptations.queries import dropped
from collateral.adaptations.relations import Change
from collateral.adaptations.turns import NOTE_LENGTH, note_step, take_turn
from collateral.assets import operations as assets
from collateral.assets.intake import Received
from collateral.assets.models import Asset, AssetVersion
from collateral.assets.models import Status as AssetStatus
from collateral.assets.operations import Description
from collateral.assets.receipts import KnownKind
from collateral.db import db
from collateral.errors import Invalid, WrongState
from collateral.notify.announcing import announce
from collateral.notify.kinds import Facts, Kind
from collateral.notify.operations import tell
from collateral.queue import after_commit
from collateral.storage import StoredFile


def comment(
    adaptation: Adaptation,
    text: str,
    *,
    by: Person,
    at: datetime,
    page: int | None = None,
    parent_id: int | None = None,
) -> AdaptationComment:
    """Say something about a page (negative: a dropped page of the source), or all of it.

    Raises:
        Invalid: nothing was said, there is no such page, or what it answers is not there.
    """
    text = text.strip()[:NOTE_LENGTH]
    if not text:
        raise Invalid(_("Write something first."), fields={"text": _("Write something first.")})
    if parent_id is not None:
        parent = db.session.get(AdaptationComment, parent_id)
        if parent is None or parent.adaptation_id != adaptation.id:
            raise Invalid(_("What you answer is not there any more."))
        page, parent_id = parent.page, parent.parent_id or parent.id
    elif page is not None and not _has_page(adaptation, page):
        raise Invalid(_("There is no such page."), fields={"page": _("There is no such page.")})
    said = AdaptationComment(
        adaptation_id=adaptation.id,
        page=page,
        parent_id=parent_id,
        person_id=by.id,
        text=text,
        at=at,
    )
    db.session.add(said)
    db.session.flush()  # its id is the place in the page
    facts: Facts = {
        "adaptation": adaptation.id,
        "title": adaptation.title,
        "person": by.name,
        "text": text if len(text) <= 120 else text[:119] + "…",
    }
    tell(_taking_part(adaptation) - {by.id}, notices.COMMENTED, facts, at)
    return said


def _has_page(adaptation: Adaptation, page: int) -> bool:
    if page < 0:
        return -page in dropped(adaptation)
    return 1 <= page <= (adaptation.page_count or 0)


def _taking_part(adaptation: Adaptation) -> set[int]:
    """Its maker, and whoever said something; who owns the source while nobody did."""
    spoke = set(
        db.session.scalars(
            select(AdaptationComment.person_id)
            .where(AdaptationComment.adaptation_id == adaptation.id)
            .distinct()
        )
    )
    others = spoke - {adaptation.person_id}
    if not others and adaptation.status is not Status.PRIVATE and adaptation.asset is not None:
        others = {adaptation.asset.owner_id}
    return {adaptation.person_id, *others}


def accept(
    adaptation: Adaptation, *, by: Person, at: datetime, revision: int | None, text: str = ""
) -> Asset:
    """Offer it to others as a variant: an asset of its own, limited as its source is.

    Raises:
        DecidedMeanwhile, WrongState.
    """
    source = _waiting(adaptation, revision)
    variant = assets.create_asset(
        Received(StoredFile(adaptation.sha256, adaptation.bytes), _kind(adaptation),
                 adaptation.filename),
        by=by,
        at=at,
        description=Description(
            title=adaptation.title,
            summary=adaptation.note,
            tags=source.tags,
            publish=source.status is AssetStatus.PUBLISHED,
        ),
        allow_duplicate=True,
    )  # fmt: skip
    variant.owner_id = source.owner_id
    variant.created_by_id = adaptation.person_id
    variant.terms = list(source.terms)
    variant.teams = list(source.teams)
    variant.sample = adaptation.sample
    version = db.session.get_one(AssetVersion, variant.current_version_id)
    version.created_by_id = adaptation.person_id
    adaptation.variant_id = variant.id
    _decide(adaptation, Status.ACCEPTED, notices.ACCEPTED, by=by, at=at, text=text)
    return variant


def _kind(adaptation: Adaptation) -> KnownKind:
    return KnownKind(adaptation.media_type, adaptation.family, "", adaptation.label)


def merge(
    adaptation: Adaptation,
    pages: Sequence[int],
    *,
    by: Person,
    at: datetime,
    revision: int | None,
    text: str = "",
) -> None:
    """Take these pages into the next version of the source; it is put together afterwards.

    Args:
        pages: numbers of its own edited, new or moved pages (a moved one takes the place that
            it has in it); negative ones are pages of the source that shall go, as they went.

    Raises:
        Invalid: no page, or one that is the same or not there.
        DecidedMeanwhile, WrongState.
    """
    changed = {page.number for page in adaptation.pages if may_merge(adaptation, page)}
    takeable = changed | {-number for number in dropped(adaptation)}
    chosen = sorted(set(pages), key=lambda number: (number < 0, abs(number)))
    if not chosen:
        raise Invalid(_("Choose the pages to merge."), fields={"pages": _("Choose at least one.")})
    if not takeable.issuperset(chosen):
        sentence = _("Only pages that differ can be merged.")
        raise Invalid(sentence, fields={"pages": _("Choose again.")})
    source = _waiting(adaptation, revision, or_accepted=True)
    if source.status is AssetStatus.RETIRED:
        raise WrongState(_("The master is retired; restore it before pages are merged."))
    adaptation.merged_pages = chosen
    adaptation.merging = Merging.WAITING
    adaptation.merge_sentence = None
    _decide(adaptation, Status.MERGED, notices.MERGED, by=by, at=at, text=text, pages=chosen)
    after_commit(put_together, adaptation.id)


def may_merge(adaptation: Adaptation, page: AdaptationPage) -> bool:
    """Whether the page differs from its source in words, in looks or in its place."""
    if page.change is Change.SAME:
        return page.moved and page.source_version_id == adaptation.source_version_id
    return True


def decline(
    adaptation: Adaptation, reason: str, *, by: Person, at: datetime, revision: int | None
) -> None:
    """Say no, and why. Raises Invalid without a reason, DecidedMeanwhile, WrongState."""
    reason = _reason(reason)
    _waiting(adaptation, revision)
    _decide(adaptation, Status.DECLINED, notices.DECLINED, by=by, at=at, text=reason)


def decline_page(
    adaptation: Adaptation,
    page: int,
    reason: str,
    *,
    by: Person,
    at: datetime,
    revision: int | None,
) -> None:
    """Say no to one page, and why; the rest can still be decided on. Raises as `decline`."""
    reason = _reason(reason)
    if not _has_page(adaptation, page):
        raise Invalid(_("There is no such page."), fields={"page": _("There is no such page.")})
    _waiting(adaptation, revision, or_accepted=True)
    note_step(adaptation, Status.DECLINED, by=by, at=at, text=reason, pages=[page])
    facts: Facts = {
        "adaptation": adaptation.id,
        "title": f"{adaptation.title}, {abs(page)}",
        "person": by.name,
        "reason": reason[:120],
    }
    tell([adaptation.person_id], notices.DECLINED, facts, at)


def take_version(
    adaptation: Adaptation, received: Received, *, by: Person, at: datetime
) -> AssetVersion:
    """The new file with the merged pages, where it could not be put together by itself.

    Raises:
        WrongState: no file is asked for.
        Conflict: it is the very file that the asset has now.
    """
    if adaptation.merging is not Merging.ASKS_FILE or adaptation.asset is None:
        raise WrongState(_("No new file is asked for."))
    version = assets.add_version(
        adaptation.asset, received, by=by, at=at, changes=credit_of(adaptation)
    )
    tell_of_version(adaptation, version, at)
    return version


def _reason(text: str) -> str:
    text = text.strip()[:NOTE_LENGTH]
    if not text:
        shown = _("Say why; it is shown to whoever made it.")
        raise Invalid(_("Say why."), fields={"reason": shown})
    return text


def _waiting(adaptation: Adaptation, revision: int | None, *, or_accepted: bool = False) -> Asset:
    """Take one's turn at what waits for a decision; answers its source."""
    take_turn(adaptation, revision)
    allowed = {Status.SUBMITTED, *([Status.ACCEPTED] if or_accepted else [])}
    if adaptation.status not in allowed or adaptation.asset is None:
        raise WrongState(_("It does not wait for a decision."))
    return adaptation.asset


def _decide(
    adaptation: Adaptation,
    status: Status,
    kind: Kind,
    *,
    by: Person,
    at: datetime,
    text: str,
    pages: Sequence[int] = (),
) -> None:
    adaptation.status = status
    adaptation.decided_at, adaptation.decided_by_id = at, by.id
    adaptation.decision = text.strip()[:NOTE_LENGTH]
    note_step(adaptation, status, by=by, at=at, text=text, pages=pages)
    audit.record(
        f"adaptation.{status.value}",
        by=by,
        kind="adaptation",
        id=adaptation.id,
        title=adaptation.title,
        pages=list(pages),
    )
    facts: Facts = {
        "adaptation": adaptation.id,
        "title": adaptation.title,
        "person": by.name,
        "reason": adaptation.decision[:120],
    }
    if by.id != adaptation.person_id:
        tell([adaptation.person_id], kind, facts, at)
    decided = {**happenings.facts_of(adaptation), "decision": status.value}
    announce(happenings.REVIEWED, decided, at)
