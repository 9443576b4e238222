"""Secrets of other systems: kept encrypted under the installation's own, shown to nobody."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping

from collateral.errors import Invalid
from collateral.words import N_, Sentence


def seal(secrets: Mapping[str, str], installation: str) -> str:
    """The secrets by name, encrypted and authenticated (Fernet: AES-128-CBC, HMAC-SHA256).

    Args:
        installation: SECRET_KEY.
    """
    from cryptography.fernet import Fernet

    return Fernet(_key(installation)).encrypt(json.dumps(dict(secrets)).encode()).decode()


def unseal(sealed: str, installation: str) -> dict[str, str]:
    """What was sealed. Raises Invalid where it was under another SECRET_KEY."""
    from cryptography.fernet import Fernet, InvalidToken

    try:
        found = json.loads(Fernet(_key(installation)).decrypt(sealed.encode()))
    except InvalidToken as error:
        raise Invalid(
            Sentence(
                N_("The connection's secrets were kept under another SECRET_KEY; give them again.")
            )
        ) from error
    return dict(found)


def _key(installation: str) -> bytes:
    return base64.urlsafe_b64encode(
        hmac.digest(installation.encode(), b"secrets of connections", "sha256")
    )
