"""Signatures of messages by the Standard Webhooks specification, version 1 (symmetric). Pure.

https://github.com/standard-webhooks/standard-webhooks: the sender puts `webhook-id`,
`webhook-timestamp` (seconds since 1970) and `webhook-signature` into the head, the last being
`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` under the secret; several, with a
space between, while a secret is being changed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=5)
PREFIX = "whsec_"


def secret_of(installation: str, webhook_id: int, generation: int) -> str:
    """The sender's secret, as it is shown to whoever sets the sender up.

    It is made from the installation's own secret and kept nowhere; a new generation is a new one.
    """
    message = f"webhook {webhook_id} {generation}".encode()
    key = hmac.digest(installation.encode(), message, "sha256")
    return PREFIX + base64.b64encode(key).decode()


def sign(secret: str, key: str, sent_at: datetime, body: bytes) -> str:
    """The `webhook-signature` of a message: `v1,…`."""
    signed = f"{key}.{int(sent_at.timestamp())}.".encode() + body
    digest = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256)
    return "v1," + base64.b64encode(digest.digest()).decode()


def is_signed(
    secret: str, *, key: str, timestamp: str, signatures: str, body: bytes, at: datetime
) -> bool:
    """Whether one of the signatures is right and it was sent within `TOLERANCE` of `at`."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        return False
    sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    if abs(at - sent_at) > TOLERANCE:
        return False
    expected = sign(secret, key, sent_at, body).encode()
    found = [hmac.compare_digest(expected, one.encode()) for one in signatures.split()[:8]]
    return any(found)
