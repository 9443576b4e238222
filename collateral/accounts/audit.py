"""The audit trail: append-only rows, each with the hash of the one before.

Written in the transaction of what it tells of, so that neither stands without the
other.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select, text

from collateral.accounts.models import AuditEntry, Person
from collateral.clock import now
from collateral.db import db, is_sqlite

FIRST = "0" * 64

_SQLITE = (
    """
    create trigger if not exists audit_entry_no_update before update on audit_entry
    begin select raise(abort, 'the audit trail is append-only'); end
    """,
    """
    create trigger if not exists audit_entry_no_delete before delete on audit_entry
    begin select raise(abort, 'the audit trail is append-only'); end
    """,
    # "insert or replace" deletes without asking the trigger above.
    """
    create trigger if not exists audit_entry_no_replace before insert on audit_entry
    when exists (select 1 from audit_entry where id = new.id or previous_hash = new.previous_hash)
    begin select raise(abort, 'the audit trail is append-only'); end
    """,
)
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
    "drop trigger if exists audit_entry_no_truncate on audit_entry",
    """
    create trigger audit_entry_no_truncate before truncate on audit_entry
    for each statement execute function refuse_audit_change()
    """,
)


def protection(dialect: str) -> tuple[str, ...]:
    """The statements that make the table append-only. Migrations run them, too."""
    return _SQLITE if dialect == "sqlite" else _POSTGRES


def protect(engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in protection(engine.dialect.name):
            connection.execute(text(statement))


def record(
    action: str, *, by: Person | None, kind: str = "", id: int | None = None, **detail: Any
) -> AuditEntry:
    """Add an entry. `action` is `thing.verb` in the past ("asset.retired")."""
    _one_at_a_time()
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


def _one_at_a_time() -> None:
    """From here to the commit nobody else writes: the next hash needs the last one."""
    if is_sqlite():
        # A write that changes nothing takes the lock before the last hash is read.
        db.session.execute(text("update audit_entry set id = id where 0"))
    else:
        db.session.execute(text("select pg_advisory_xact_lock(7210001)"))


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


@dataclass(frozen=True)
class Check:
    """What going through the whole trail found."""

    entries: int
    broken: int | None
    """The number of the first entry that does not fit, None when the trail is whole."""
    head: str
    """The hash of the last entry that fits. Kept elsewhere, it shows a trail cut short."""
    found: bool
    """Whether the hash that was asked for stands in the trail."""


def verify(expected: str | None = None) -> Check:
    """Go through the trail from its first entry; `expected` is a head noted earlier."""
    previous, count, found = FIRST, 0, expected in (None, FIRST)
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).yield_per(500):
        count += 1
        if entry.previous_hash != previous or entry.hash != digest(entry):
            return Check(count, entry.id, previous, found)
        previous = entry.hash
        found = found or previous == expected
    return Check(count, None, previous, found)
