"""The address in each digest under which one chooses what comes by mail, without signing in.

It is signed and kept nowhere. Whoever holds it can change nothing but that person's mail.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from collateral.accounts.models import Person
from collateral.db import db
from collateral.errors import NotFound

PURPOSE = "mail of notices"


def token_for(person: Person, secret: str) -> str:
    """What stands in her address; the same each time."""
    return str(URLSafeSerializer(secret, salt=PURPOSE).dumps(person.id))


def person_of(token: str, secret: str) -> Person:
    """Whose address it is. Raises NotFound for every other text, and for who is switched off."""
    try:
        person_id = URLSafeSerializer(secret, salt=PURPOSE).loads(token)
    except BadSignature:
        person_id = None
    person = db.session.get(Person, person_id) if isinstance(person_id, int) else None
    if person is None or not person.active:
        raise NotFound(_("This address is not complete. Take it from the mail once more."))
    return person
