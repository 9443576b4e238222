"""Notes in the CRM, on the opportunity: one for each use, one for each visit of a buyer.

A note is written once. Before it is, it stands here as being tried; where that is found later,
nobody knows whether it came to be written, so it is looked for by its title, which bears a number
of ours, before it is written again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import joinedload, selectinload

from collateral.connect.crm import Refused, Source, Unsure
from collateral.connect.models import Connection, CrmNote, NoteKind, NoteState, SyncRun
from collateral.db import db
from collateral.deals.models import Deal
from collateral.sharing.models import Outcome, Share, Visit
from collateral.usage.models import Use

AT_ONCE = 200
"""Notes that one run writes at most."""
OVER = timedelta(minutes=30)
"""A visit in which nothing has happened for so long is over."""
LONGEST_TITLE = 80
"""Characters that Salesforce takes."""


@dataclass(frozen=True)
class Note:
    """What is to be written on a deal, by the CRM's id of it."""

    kind: NoteKind
    about: int
    deal: str
    title: str
    text: str
    at: datetime


def steps(
    connection: Connection, run: SyncRun, source: Source, *, at: datetime, base_url: str
) -> Iterator[None]:
    """Write what is due; after each step what was noted is to be committed.

    Raises:
        CrmError: the CRM cannot be reached; what was not written is due again.
    """
    if connection.writes_since is None:
        return
    for due in waiting(connection, at=at, base_url=base_url):
        note = db.session.scalar(
            select(CrmNote).where(
                CrmNote.connection_id == connection.id,
                CrmNote.kind == due.kind,
                CrmNote.about == due.about,
            )
        )
        fresh = note is None
        if note is None:
            note = CrmNote(connection_id=connection.id, kind=due.kind, about=due.about, at=at)
            db.session.add(note)
        yield
        try:
            note.remote_id = _written(source, due, fresh=fresh)
            note.state = NoteState.WRITTEN
            run.notes += 1
        except Refused as error:
            note.state = NoteState.REFUSED
            run.error = error.as_text
        yield


def _written(source: Source, due: Note, *, fresh: bool) -> str:
    for _attempt in range(3):
        if not fresh and (there := source.find_note(due.deal, due.title)):
            return there
        try:
            return source.write_note(due.deal, due.title, due.text, due.at)
        except Unsure as error:
            fresh, unsure = False, error
    raise unsure


def waiting(connection: Connection, *, at: datetime, base_url: str) -> Sequence[Note]:
    """What is due, oldest first."""
    since = connection.writes_since
    uses = db.session.scalars(
        select(Use)
        .join(Deal, Deal.id == Use.deal_id)
        .where(
            Deal.source == connection.source,
            Use.created_at >= since,
            Use.retracted_at.is_(None),
            ~_done(connection, NoteKind.USE, Use.id),
        )
        .options(joinedload(Use.deal), joinedload(Use.asset), joinedload(Use.person))
        .order_by(Use.id)
        .limit(AT_ONCE)
    ).all()
    visits = db.session.scalars(
        select(Visit)
        .join(Share, Share.id == Visit.share_id)
        .join(Deal, Deal.id == Share.deal_id)
        .where(
            Deal.source == connection.source,
            Visit.outcome == Outcome.VISIT,
            Visit.started_at >= since,
            Visit.last_at < at - OVER,
            ~_done(connection, NoteKind.VISIT, Visit.id),
        )
        .options(joinedload(Visit.share).joinedload(Share.deal), selectinload(Visit.pages))
        .order_by(Visit.id)
        .limit(AT_ONCE - len(uses))
    ).all()
    return [*(_of_use(use, base_url) for use in uses), *(_of_visit(visit) for visit in visits)]


def _done(connection: Connection, kind: NoteKind, about: object) -> ColumnElement[bool]:
    return exists().where(
        and_(
            CrmNote.connection_id == connection.id,
            CrmNote.kind == kind,
            CrmNote.about == about,
            CrmNote.state != NoteState.TRYING,
        )
    )


def _title(said: str, number: str) -> str:
    return f"{said[: LONGEST_TITLE - len(number) - 1]} {number}"


def _of_use(use: Use, base_url: str) -> Note:
    text = [
        f"“{use.asset.title}” was used by {use.person.name}.",
        f"Stage: {use.stage or 'not known'}. Known because it is {use.evidence.value}.",
        f"{base_url}/assets/{use.asset_id}",
    ]
    title = _title(f"Used: {use.asset.title}", f"[collateral use {use.id}]")
    return Note(NoteKind.USE, use.id, use.deal.external_id, title, "\n".join(text), use.at)


def _of_visit(visit: Visit) -> Note:
    share = visit.share
    assert share.deal is not None
    text = [f"{share.recipient} read what was sent, for {_time(visit.seconds)}."]
    text += [f"Page {page.page}: {_time(page.seconds)}" for page in visit.pages]
    if visit.downloads:
        text.append(f"Downloads: {visit.downloads}")
    title = _title(f"Read by {share.recipient}", f"[collateral visit {visit.id}]")
    return Note(
        NoteKind.VISIT, visit.id, share.deal.external_id, title, "\n".join(text), visit.started_at
    )


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
