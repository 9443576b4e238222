"""What sharing does later: codes by mail, copies in a confined child, the sweep of old visits."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale, gettext

from collateral import mail
from collateral.clock import now
from collateral.db import db
from collateral.queue import every, job
from collateral.sharing import gates, visits
from collateral.sharing.models import Share
from collateral.sharing.queries import settings


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


@every(minutes=60)
def sweep() -> None:
    """Forget visits that are older than they are to be kept, and codes that are over."""
    at = now()
    visits.forget_old(at)
    gates.forget_old(at)
    db.session.commit()
