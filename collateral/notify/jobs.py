"""Digests by mail, each in its reader's time zone and language, and the end of old notices."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale, gettext, ngettext
from sqlalchemy import delete, select, update

from collateral import mail
from collateral.accounts.models import Person
from collateral.clock import now
from collateral.db import db
from collateral.notify import queries, rules
from collateral.notify.models import UNSENT, Notice, Rhythm
from collateral.notify.queries import Told
from collateral.notify.unsubscribing import token_for
from collateral.queue import every, job, send

log = logging.getLogger(__name__)

MOST = 40
KEPT = timedelta(days=180)


@every(minutes=15)
def digests() -> None:
    """Send a digest to everybody whose hour has come since the oldest notice that waits."""
    for person_id in due(now()):
        send(digest, person_id)


def due(at: datetime) -> list[int]:
    """Whose digest is due. Three queries, over what no digest took yet."""
    oldest = dict(queries.oldest_unsent())
    people = select(Person.id, Person.time_zone).where(Person.id.in_(oldest))
    zones = {row.id: row.time_zone for row in db.session.execute(people)}
    chosen = queries.rhythms(oldest.keys())
    found = []
    for person_id, told_at in sorted(oldest.items()):
        row = chosen.get(person_id)
        moment = rules.due_at(
            told_at,
            row.rhythm if row else Rhythm.DAILY,
            row.hour if row else rules.DEFAULT_HOUR,
            ZoneInfo(zones[person_id]),
        )
        if moment is not None and moment <= at:
            found.append(person_id)
    return found


@job
def digest(person_id: int) -> None:
    """Mail one person what she was told and has not read. Two at once send one mail."""
    person = db.session.get(Person, person_id)
    if person is None:
        return
    taken = list(
        db.session.scalars(
            update(Notice)
            .where(Notice.person_id == person_id, UNSENT)
            .values(mailed_at=now())
            .returning(Notice.id)
            .execution_options(synchronize_session=False)
        )
    )
    rows = db.session.scalars(
        select(Notice)
        .where(Notice.id.in_(taken), Notice.read_at.is_(None))
        .order_by(Notice.at.desc(), Notice.id.desc())
    ).all()
    told = queries.readable(person, rows) if person.active else []
    message = _compose(person, told) if told else None
    db.session.commit()  # taken: nobody else sends them
    if message is None:
        return
    try:
        mail.send(message)
    except Exception:
        # They wait for the next round; what could not be sent is not lost.
        db.session.execute(
            update(Notice)
            .where(Notice.id.in_(taken))
            .values(mailed_at=None)
            .execution_options(synchronize_session=False)
        )
        db.session.commit()
        log.exception("digest_not_sent", extra={"person": person_id})


def _compose(person: Person, told: Sequence[Told]) -> EmailMessage:
    settings = current_app.extensions["settings"]
    choose = f"{settings.base_url}/notices/{token_for(person, settings.secret_key)}"
    with force_locale(person.locale):
        subject = (
            told[0].sentence
            if len(told) == 1
            else ngettext("%(num)s notice", "%(num)s notices", len(told))
        )
        message = mail.compose(
            person.email,
            subject,
            "digest",
            locale=person.locale,
            heading=gettext("Since the last mail"),
            lines=[
                (one.sentence, f"{settings.base_url}/inbox/{one.notice.id}") for one in told[:MOST]
            ],
            more=len(told) - MOST,
            inbox=f"{settings.base_url}/inbox",
            choose=choose,
        )
    message["List-Unsubscribe"] = f"<{choose}>"
    return message


@every(minutes=60)
def sweep() -> None:
    """Remove notices that are half a year old."""
    db.session.execute(delete(Notice).where(Notice.at < now() - KEPT))
    db.session.commit()
