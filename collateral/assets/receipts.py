"""A signed receipt for a file that was received but not taken, so that nobody sends it twice."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from flask_babel import lazy_gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from collateral.accounts.models import Person
from collateral.assets.intake import Received
from collateral.errors import Invalid
from collateral.storage import StoredFile, storage

VALID = 50 * 60
"""Seconds; unreferenced files are swept away after an hour."""


@dataclass(frozen=True)
class KnownKind:
    """The kind of a file that was judged when it came in."""

    media_type: str
    family: str
    extension: str
    label: str
    mismatch: str | None = None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="received file")


def give(received: Received, person: Person) -> str:
    """The receipt, for this person alone."""
    kind = received.kind
    signed = _signer().dumps(
        [
            person.id,
            received.stored.sha256,
            received.stored.size,
            received.filename,
            kind.media_type,
            kind.family,
            kind.extension,
            kind.label,
        ]
    )
    return signed if isinstance(signed, str) else signed.decode()


def redeem(receipt: str, person: Person) -> Received:
    """The file it stands for. Raises Invalid when it is too old, or another person's."""
    try:
        owner, sha256, size, filename, *kind = _signer().loads(receipt, max_age=VALID)
    except BadData as error:
        raise Invalid(_("This upload is no longer here; send the file again.")) from error
    if owner != person.id or storage().size(sha256) != size:
        raise Invalid(_("This upload is no longer here; send the file again."))
    return Received(StoredFile(sha256, size), KnownKind(*kind), filename)
