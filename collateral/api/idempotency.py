"""`Idempotency-Key`: the same key answers the same result, however often and at once.

The key's row is inserted before the change and in its transaction. A second request with
the key waits at that insert until the first is done, then finds the row and its answer.
A request that failed leaves no row: it may be tried again under its key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

from flask import Response, request
from sqlalchemy import delete, select, update

from collateral.accounts.models import Person
from collateral.api.models import IdempotencyKey
from collateral.api.problems import KeyReused
from collateral.api.reading import Malformed
from collateral.clock import now
from collateral.db import db, upsert
from collateral.errors import Conflict

HEADER = "Idempotency-Key"
KEPT = timedelta(days=7)

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_REPEATED = ("Location", "ETag")


def once(person: Person, parts: list[str], act: Callable[[], Response]) -> Response:
    """The answer of `act`, or the one that it gave before under the request's key.

    `parts` are all that tells one request from another. The caller commits.

    Raises:
        Malformed: the key is empty, too long, or not printable ASCII.
        KeyReused: the key came before with something else.
    """
    key, digest, person_id = _key(), _digest(parts), person.id
    if key is None:
        return act()
    if not _claim(person_id, key, digest):
        return _again(_found(person_id, key), digest)
    response = act()
    _keep(person_id, key, response)
    return response


def once_done(person: Person, parts: list[str], act: Callable[[], Response]) -> Response:
    """The same for a call that commits in steps, each of which may be done twice: the key is
    kept when all is done, so that one which was broken off goes on where it was."""
    key, digest, person_id = _key(), _digest(parts), person.id
    if key is None:
        return act()
    if known := _find(person_id, key):
        return _again(known, digest)
    response = act()
    if not _claim(person_id, key, digest):
        return _again(_found(person_id, key), digest)
    _keep(person_id, key, response)
    return response


def keep_instead(response: Response, body: str) -> None:
    """Say what is kept of an answer that holds a secret; the same key again answers that."""
    response.kept_body = body  # type: ignore[attr-defined]


def _key() -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise Malformed(
            f"{HEADER} must have 1 to 255 printable characters.", fields={HEADER: "Not a key."}
        )
    return key


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _keep(person_id: int, key: str, response: Response) -> None:
    db.session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.person_id == person_id, IdempotencyKey.key == key)
        .values(
            status=response.status_code,
            headers={k: response.headers[k] for k in _REPEATED if k in response.headers},
            body=getattr(response, "kept_body", None) or response.get_data(as_text=True),
        )
    )


def _claim(person_id: int, key: str, digest: str) -> bool:
    """Whether the key is ours; waits while another request holds it in its transaction."""
    values = {"person_id": person_id, "key": key, "request_hash": digest, "created_at": now()}
    claimed = db.session.execute(
        upsert(IdempotencyKey)
        .values(values)
        .on_conflict_do_nothing(index_elements=["person_id", "key"])
        .returning(IdempotencyKey.id)
    )
    return claimed.scalar() is not None


def _find(person_id: int, key: str) -> IdempotencyKey | None:
    return db.session.scalar(
        select(IdempotencyKey).where(
            IdempotencyKey.person_id == person_id, IdempotencyKey.key == key
        )
    )


def _found(person_id: int, key: str) -> IdempotencyKey:
    row = _find(person_id, key)
    if row is None:
        raise Conflict(f"This {HEADER} is being tidied away; take a new one.")
    return row


def _again(row: IdempotencyKey, digest: str) -> Response:
    if row.request_hash != digest:
        raise KeyReused(
            f"This {HEADER} was used for another request; take a new one for a new request."
        )
    response = Response(row.body, status=row.status, mimetype="application/json")
    response.headers.update(row.headers or {})
    response.headers["Idempotency-Replayed"] = "true"
    return response


def forget_old() -> None:
    """Remove keys older than `KEPT`. The caller commits."""
    db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now() - KEPT))
