"""The audit trail: append-only rows, each with the hash of the one before.

Written in the transaction of what it tells of, so that neither stands without the
other.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import Engine, select, text

from collateral.accounts.models import AuditEntry, Person
from collateral.clock import now
from collateral.db import db

FIRST = "0" * 64

_SQLITE = """
create trigger if not exists audit_entry_no_{verb} before {verb} on audit_entry
begin select raise(abort, 'the audit trail is append-only'); end
"""
_POSTGRES = (
    """
    create or replace function refuse_audit_change() returns trigger language plpgsql as
    $$ begin raise exception 'the audit trail is append-only'; end $$
    """,
    "drop trigger if exists audit_entry_no_change on audit_entry",
    """
    create trigger audit_entry_no_change before update or delete on audit_entry
    for each row execute function refuse_audit_change()
    """,
)


def protection(dialect: str) -> tuple[str, ...]:
    """The statements that make the table append-only. Migrations run them, too."""
    if dialect == "sqlite":
        return tuple(_SQLITE.format(verb=verb) for verb in ("update", "delete"))
    return _POSTGRES


def protect(engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in protection(engine.dialect.name):
            connection.execute(text(statement))


def record(
    action: str, *, by: Person | None, kind: str = "", id: int | None = None, **detail: Any
) -> AuditEntry:
    """Add an entry. `action` is `thing.verb` in the past ("asset.retired")."""
    if db.engine.dialect.name == "postgresql":
        # One writer at a time: the next hash needs the last one.
        db.session.execute(text("select pg_advisory_xact_lock(7210001)"))
    last = db.session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(
        at=now(),
        actor_id=by.id if by else None,
        action=action,
        object_kind=kind,
        object_id=id,
        detail=detail,
        previous_hash=last or FIRST,
    )
    entry.hash = digest(entry)
    db.session.add(entry)
    db.session.flush()  # the next entry of this transaction needs this hash
    return entry


def digest(entry: AuditEntry) -> str:
    """SHA-256 over the entry's values and the hash before it."""
    values = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.actor_id,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.detail,
    ]
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def first_broken() -> AuditEntry | None:
    """The first entry whose hash does not fit, None when the trail is whole."""
    previous = FIRST
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).yield_per(500):
        if entry.previous_hash != previous or entry.hash != digest(entry):
            return entry
        previous = entry.hash
    return None
