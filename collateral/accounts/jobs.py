"""Mail with one-time links, and the sweep of what has expired.

The links are made here, so that no queue ever holds one.
"""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from flask_babel import force_locale, gettext

from collateral import mail
from collateral.accounts import devices, one_time, queries, sessions, throttle
from collateral.accounts.models import Person, TokenPurpose
from collateral.clock import now
from collateral.db import db
from collateral.queue import every, job

RESETS_AN_HOUR = 3


@job
def send_reset(email: str) -> None:
    """Mail a link for a new password, where the address belongs to somebody.

    Takes the address and not an id: whoever asks for a link waits as long, and learns as
    little, whether or not there is such an account.
    """
    person = queries.by_email(email)
    if person is None or not person.active:
        return
    at = now()
    hour_ago = at - timedelta(hours=1)
    if one_time.issued_since(TokenPurpose.RESET, person, hour_ago) >= RESETS_AN_HOUR:
        return
    _send(person, TokenPurpose.RESET, "reset")


@job
def send_invitation(person_id: int, inviter_id: int) -> None:
    """Mail a link for the first sign-in."""
    person = db.session.get(Person, person_id)
    inviter = db.session.get(Person, inviter_id)
    if person is None or not person.active or inviter is None:
        return
    _send(person, TokenPurpose.SIGN_IN, "invitation", inviter=inviter.name)


def _send(person: Person, purpose: TokenPurpose, template: str, **values: str) -> None:
    token = one_time.issue(purpose, person, at=now())
    db.session.commit()  # the link must work when the mail arrives
    base_url = current_app.extensions["settings"].base_url
    with force_locale(person.locale):
        subject = {
            TokenPurpose.RESET: gettext("Choose a new password for Collateral"),
            TokenPurpose.SIGN_IN: gettext("Your account in Collateral"),
        }[purpose]
        message = mail.compose(
            person.email,
            subject,
            template,
            name=person.name,
            link=one_time.address(base_url, purpose, token),
            locale=person.locale,
            **values,
        )
    mail.send(message)


@every(minutes=60)
def sweep() -> None:
    """Remove sessions, tries, links and known browsers that no longer count."""
    at = now()
    sessions.sweep(at)
    throttle.sweep(at)
    one_time.sweep(at)
    devices.sweep(at)
    db.session.commit()
