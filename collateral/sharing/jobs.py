"""What sharing does later: codes by mail, copies in a confined child, the sweep of old visits."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy import select

from collateral import mail
from collateral.clock import now
from collateral.db import db
from collateral.queue import after_commit, every, job
from collateral.reading.binding import FAILED
from collateral.sharing import copies, gates, making, visits
from collateral.sharing.models import Copy, CopyState, Share
from collateral.sharing.queries import settings

ATTEMPTS = 3
OVERDUE = timedelta(minutes=3)


@job
def send_code(share_id: int, email: str, locale: str) -> None:
    """Mail a code to an address that wants in, where the link lets it in.

    The code is made here, so that no queue ever holds one, and whoever asks learns nothing
    of whether the address is on the list.
    """
    share = db.session.get(Share, share_id)
    if share is None:
        return
    gate = gates.Gates(share, current_app.extensions["settings"].secret_key)
    code = gate.new_code(email, now())
    if code is None:
        return
    db.session.commit()  # the code must work when the mail arrives
    company = settings().company or "Collateral"
    with force_locale(locale):
        message = mail.compose(
            email,
            gettext("%(code)s is your code", code=code),
            "share_code",
            code=code,
            sender=share.maker.name,
            company=company,
            locale=locale,
        )
    mail.send(message)


@job
def make_copy(copy_id: int) -> None:
    """Make one copy, if it still waits. Commits after each page."""
    copy = db.session.get(Copy, copy_id)
    if copy is None or copy.state is not CopyState.WAITING:
        return
    copy.attempts += 1
    db.session.commit()  # a copy that ends its worker is not tried for ever
    making.make(copy, at=now())
    db.session.commit()


copies.made_by(make_copy)


@every(minutes=1)
def remake() -> None:
    """Queue again what a lost queue lost; give up what stopped its worker three times."""
    at = now()
    waiting = db.session.scalars(
        select(Copy).where(Copy.state == CopyState.WAITING, Copy.created_at < at - OVERDUE)
    ).all()
    for copy in waiting:
        if copy.attempts >= ATTEMPTS:
            copy.state, copy.error, copy.made_at = CopyState.FAILED, FAILED, at
        else:
            after_commit(make_copy, copy.id)
    db.session.commit()


@every(minutes=60)
def sweep() -> None:
    """Forget old visits, codes that are over, and copies that nobody can open any more."""
    at = now()
    visits.forget_old(at)
    gates.forget_old(at)
    copies.forget_old(at)
    db.session.commit()
