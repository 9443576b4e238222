"""Telling people, and what they do with it. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select, update

from collateral.accounts.models import Person
from collateral.db import db, upsert
from collateral.notify.kinds import Facts, Kind
from collateral.notify.models import Notice, NoticeChoice, NoticeRhythm, Rhythm

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
    change = update(Notice).where(
        Notice.person_id == person.id, Notice.inbox, Notice.read_at.is_(None)
    )
    if notice_ids is not None:
        change = change.where(Notice.id.in_(notice_ids))
    done = db.session.execute(
        change.values(read_at=at).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
