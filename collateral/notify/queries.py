"""Reads of notices: only one's own, and only of what one may still see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, func, select

from collateral.accounts.models import Person
from collateral.db import db, read
from collateral.errors import NotFound
from collateral.notify.kinds import Kind, kinds, offered_to, scopes
from collateral.notify.models import UNREAD, UNSENT, Notice, NoticeChoice, NoticeRhythm, Rhythm
from collateral.notify.rules import DEFAULT_HOUR

_UNREAD = (
    select(func.count())
    .select_from(Notice)
    .where(Notice.person_id == bindparam("person_id"), UNREAD)
)


def unread_count(person: Person) -> int:
    """How many notices wait in her inbox. One look at an index that holds nothing else."""
    return int(read(_UNREAD, {"person_id": person.id}).scalar_one())


@dataclass(frozen=True)
class Told:
    """A notice as it is read: its sentence is made in the language of the moment."""

    notice: Notice
    kind: Kind

    @property
    def sentence(self) -> str:
        return self.kind.sentence(self.notice.facts)

    @property
    def address(self) -> str:
        """The path inside the app to what it is about."""
        return self.kind.address(self.notice.facts)

    @property
    def unread(self) -> bool:
        return self.notice.read_at is None


@dataclass(frozen=True)
class Inbox:
    """The latest notices, how many there are in all, and ids of those that are hidden."""

    told: list[Told]
    total: int
    hidden: list[int]


def inbox(person: Person, *, unread: bool = False, limit: int = 50) -> Inbox:
    """Her notices, the latest first. What she may no longer see is `hidden` and not told."""
    query = select(Notice).where(Notice.person_id == person.id, Notice.inbox)
    if unread:
        query = query.where(UNREAD)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.session.scalars(query.order_by(Notice.at.desc(), Notice.id.desc()).limit(limit)).all()
    shown = readable(person, rows)
    kept = {told.notice.id for told in shown}
    hidden = [row.id for row in rows if row.id not in kept]
    return Inbox(shown, total - len(hidden), hidden)


def get_told(person: Person, notice_id: int) -> Told:
    """One of her notices. Raises NotFound, also when she may no longer see what it is about."""
    row = db.session.scalar(
        select(Notice).where(Notice.id == notice_id, Notice.person_id == person.id)
    )
    found = readable(person, [row] if row else [])
    if not found:
        raise NotFound(_("There is no such notice."))
    return found[0]


def readable(person: Person, rows: Iterable[Notice]) -> list[Told]:
    """Those of a known kind and about things that she may see; one query for each sort of thing."""
    known = [Told(row, kinds()[row.kind]) for row in rows if row.kind in kinds()]
    asked: dict[str, set[int]] = {}
    for told in known:
        for name, thing in _things(told):
            asked.setdefault(name, set()).add(thing)
    seen = {name: scopes()[name](person, ids) for name, ids in asked.items()}
    return [told for told in known if all(thing in seen[name] for name, thing in _things(told))]


def _things(told: Told) -> list[tuple[str, int]]:
    facts = told.notice.facts
    return [(name, int(facts[name])) for name in told.kind.about if name in facts]


@dataclass(frozen=True)
class Wish:
    """What a person wants of one kind."""

    kind: Kind
    inbox: bool
    mail: bool


def wishes(person: Person) -> list[Wish]:
    """For every kind what she chose, or how it is unless one chooses."""
    chosen = {
        row.kind: row
        for row in db.session.scalars(
            select(NoticeChoice).where(NoticeChoice.person_id == person.id)
        )
    }
    return [
        Wish(kind, row.inbox, row.mail)
        if (row := chosen.get(name))
        else Wish(kind, True, kind.by_mail)
        for name, kind in offered_to(person).items()
    ]


def rhythm_of(person: Person) -> NoticeRhythm:
    """When her digest comes; a row that is not kept where she never chose."""
    found = db.session.get(NoticeRhythm, person.id)
    return found or NoticeRhythm(person_id=person.id, rhythm=Rhythm.DAILY, hour=DEFAULT_HOUR)


def rhythms(person_ids: Collection[int]) -> dict[int, NoticeRhythm]:
    """The rows of those who chose."""
    rows: Sequence[NoticeRhythm] = db.session.scalars(
        select(NoticeRhythm).where(NoticeRhythm.person_id.in_(person_ids))
    ).all()
    return {row.person_id: row for row in rows}


def oldest_unsent() -> list[tuple[int, datetime]]:
    """For each person with notices that no digest took yet: her id and the oldest one's moment."""
    rows = db.session.execute(
        select(Notice.person_id, func.min(Notice.at)).where(UNSENT).group_by(Notice.person_id)
    )
    return [(person_id, at) for person_id, at in rows]
