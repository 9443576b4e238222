"""Telling people, and what they do with it. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, delete, select, update

from collateral.accounts.models import Person
from collateral.db import db, upsert
from collateral.errors import Invalid
from collateral.notify.kinds import Facts, Kind, kinds, offered_to
from collateral.notify.models import UNREAD, UNSENT, Notice, NoticeChoice, NoticeRhythm, Rhythm
from collateral.notify.queries import rhythm_of

BATCH = 500


def tell(
    person_ids: Iterable[int],
    kind: Kind,
    facts: Facts,
    at: datetime,
    *,
    once: str | None = None,
) -> None:
    """Tell each of these people, by the ways that she has not switched off.

    People who are switched off are not told. With `once` (at most 120 characters) a second
    telling of the same kind to the same person is nothing, also when two tell at the same time.
    The caller sees to it that each of them may see what the facts speak of.
    """
    ids = sorted(set(person_ids))
    for start in range(0, len(ids), BATCH):
        rows = [
            {
                "person_id": person_id,
                "kind": kind.name,
                "facts": dict(facts),
                "at": at,
                "once": once,
                "inbox": inbox,
                "mail": mail,
            }
            for person_id, inbox, mail in _ways(ids[start : start + BATCH], kind)
            if inbox or mail
        ]
        if rows:
            db.session.execute(
                upsert(Notice)
                .values(rows)
                .on_conflict_do_nothing(index_elements=["person_id", "kind", "once"])
            )


def _ways(person_ids: Collection[int], kind: Kind) -> list[tuple[int, bool, bool]]:
    """For each active person of these: id, whether her inbox gets this kind, whether her mail."""
    rows = db.session.execute(
        select(Person.id, NoticeChoice.inbox, NoticeChoice.mail, NoticeRhythm.rhythm)
        .outerjoin(
            NoticeChoice,
            (NoticeChoice.person_id == Person.id) & (NoticeChoice.kind == kind.name),
        )
        .outerjoin(NoticeRhythm, NoticeRhythm.person_id == Person.id)
        .where(Person.id.in_(person_ids), Person.active)
        .order_by(Person.id)
    )
    return [
        (
            person_id,
            True if inbox is None else inbox,
            (kind.by_mail if mail is None else mail) and rhythm is not Rhythm.NEVER,
        )
        for person_id, inbox, mail, rhythm in rows
    ]


def mark_read(person: Person, at: datetime, notice_ids: Collection[int] | None = None) -> int:
    """Note that she has read these of her notices, or all of them; how many were unread."""
    change = update(Notice).where(Notice.person_id == person.id, UNREAD)
    if notice_ids is not None:
        change = change.where(Notice.id.in_(notice_ids))
    done = db.session.execute(
        change.values(read_at=at).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def mark_unread(person: Person, notice_ids: Collection[int]) -> None:
    """Take it back that she has read these."""
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == person.id, Notice.id.in_(notice_ids), Notice.inbox)
        .values(read_at=None)
        .execution_options(synchronize_session=False)
    )


def choose(person: Person, *, inbox: Collection[str], mail: Collection[str], at: datetime) -> None:
    """Tell her from now on these kinds in her inbox and those by mail, and no others.

    What waits for a digest and is of a kind that she does not want by mail is not sent.
    """
    db.session.execute(delete(NoticeChoice).where(NoticeChoice.person_id == person.id))
    db.session.add_all(
        NoticeChoice(person_id=person.id, kind=name, inbox=name in inbox, mail=name in mail)
        for name, kind in offered_to(person).items()
        if (name in inbox, name in mail) != (True, kind.by_mail)
    )
    _leave_unsent(person, at, Notice.kind.not_in(list(mail)))


def choose_mail(person: Person, mail: Collection[str], *, at: datetime) -> None:
    """The same for mail alone; her inbox stays as it is."""
    chosen = db.session.scalars(
        select(NoticeChoice.kind).where(NoticeChoice.person_id == person.id, ~NoticeChoice.inbox)
    ).all()
    choose(person, inbox=kinds().keys() - set(chosen), mail=mail, at=at)


def set_rhythm(person: Person, rhythm: Rhythm, hour: int, *, at: datetime) -> None:
    """When her digest comes: `hour` is 0 to 23 on her own clock. Raises Invalid."""
    if not 0 <= hour <= 23:
        raise Invalid(_("An hour is from 0 to 23."), fields={"hour": _("From 0 to 23.")})
    row = rhythm_of(person)
    row.rhythm, row.hour = rhythm, hour
    db.session.add(row)
    if rhythm is Rhythm.NEVER:
        _leave_unsent(person, at)


def _leave_unsent(person: Person, at: datetime, *which: ColumnElement[bool]) -> None:
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == person.id, UNSENT, *which)
        .values(mailed_at=at)
        .execution_options(synchronize_session=False)
    )
