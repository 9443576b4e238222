"""How Alembic reaches the application's database. Migrations import no models.

On PostgreSQL a migration never lets others wait long: what it wants to have alone it must get
within `PATIENCE`, or it steps back and tries again. One process migrates at a time.
"""

from __future__ import annotations

import time
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from collateral.db import Json, UtcDateTime, db

PATIENCE = "500ms"
BUSY = "55P03"
"""SQLSTATE of a lock that did not come in time."""
PAUSE, LONGEST_PAUSE, TRIES = 0.2, 5.0, 60
MIGRATING = 7210006
"""The advisory lock of whoever migrates."""


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types in plain SQLAlchemy, so that a migration stands by itself."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is Json:
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_beside_others() -> None:
    """Each migration again until it got its locks; those that are done stay done.

    Raises:
        OperationalError: after some minutes, when somebody never let go.
    """
    pause = PAUSE
    for tried in range(1, TRIES + 1):
        try:
            with db.engine.connect() as guard, db.engine.connect() as connection:
                if _alone(guard):
                    event.listen(connection, "begin", _be_patient)
                    run(connection)
                    return
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != BUSY or tried == TRIES:
                raise
        current_app.logger.info("migration_waits", extra={"tried": tried})
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
    raise SystemExit("Another process has been migrating for minutes; try again when it is done.")


def _alone(guard: Connection) -> bool:
    """Whether nobody else migrates, until this transaction ends.

    Asked without waiting, and without parameters: a statement that waits, and one with
    parameters for as long as its transaction lasts, keep a snapshot, and an index that is made
    beside others waits for every snapshot.
    """
    return bool(guard.exec_driver_sql(f"select pg_try_advisory_xact_lock({MIGRATING})").scalar())


def _be_patient(connection: Connection) -> None:
    connection.exec_driver_sql(f"set local lock_timeout = '{PATIENCE}'")


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database; give DATABASE_URL.")
current_app.logger.debug("migrating")
if db.engine.dialect.name == "sqlite":
    with db.engine.connect() as one:
        run(one)
else:
    # An index that is made beside others would wait for the caller's own transaction.
    db.session.rollback()
    run_beside_others()
