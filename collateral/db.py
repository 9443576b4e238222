"""The database: declarative base, column types and what SQLite must be told.

Domain code flushes only to obtain an id and never commits; the edge (view,
command, job) commits once.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import event, orm
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase

from collateral import turns

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept in UTC. SQLite has no zones, so they are put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(enum: type[StrEnum], name: str) -> sa.Enum:
    """A column type that stores the enum's lower-case values under a named CHECK."""
    return sa.Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
        length=40,
    )


Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


class Base(DeclarativeBase):
    registry = orm.registry(
        metadata=sa.MetaData(naming_convention=CONVENTION),
        type_annotation_map={
            datetime: UtcDateTime,
            date: sa.Date,
            Decimal: sa.Numeric(14, 2),
            dict[str, Any]: Json,
            list[Any]: Json,
            list[str]: Json,
            list[dict[str, Any]]: Json,
        },
    )


COPY = "copy"
"""The engine of `DATABASE_READ_URL`, and the mark of a session that reads from it."""
NEVER_OLD = {
    # Who somebody is and what she may do.
    "person", "person_role", "team", "team_member", "sign_in_session", "sign_in_attempt",
    "known_device", "one_time_token", "api_token", "audit_entry", "identity",
    # What she wrote down for herself a moment ago.
    "saved_view", "report_schedule", "report_reader",
}  # fmt: skip
"""Tables that are read from the first database, also beside a report."""


class RoutedSession(Session):
    """Asks the copy of the database for rows that may be a little old; see replica.py."""

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Any = None, **more: Any
    ) -> Engine | sa.Connection:
        if bind is None and self.info.get(COPY) and _may_be_old(mapper, clause):
            return self._db.engines[COPY]
        return super().get_bind(mapper=mapper, clause=clause, bind=bind, **more)


def _may_be_old(mapper: Any, clause: Any) -> bool:
    if not isinstance(clause, sa.SelectBase) or getattr(clause, "_for_update_arg", None):
        return False
    return mapper is None or mapper.local_table.name not in NEVER_OLD


db = SQLAlchemy(model_class=Base, session_options={"class_": RoutedSession})

if TYPE_CHECKING:

    class Model(Base):
        """What every table's class derives from."""

        __abstract__ = True

else:
    # The extension adds its session to a subclass of Base that type checkers cannot see.
    Model = db.Model


def engine_options(url: str, *, pool: int = 8, prepare: int = 5) -> dict[str, Any]:
    """What the engine for `url` is made with.

    Args:
        pool: connections that are kept, and as many more for a moment.
        prepare: how often a statement is sent before the server prepares it; 0 for never.
    """
    if url.startswith("sqlite"):
        # The driver opens a write transaction at the first INSERT, UPDATE or DELETE and reads
        # outside of one: no read snapshot can grow stale under a write, so that the busy
        # timeout and their turns alone make writers wait for one another.
        return {
            "connect_args": {
                "timeout": 30,
                "isolation_level": "IMMEDIATE",
                "factory": turns.Connection,
            }
        }
    return {
        "pool_size": pool,
        "max_overflow": pool,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "connect_args": {"prepare_threshold": prepare or None, "connect_timeout": 10},
    }


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA journal_mode=WAL")
        # In WAL mode NORMAL keeps every commit through the death of any process.
        cursor.execute("PRAGMA synchronous=NORMAL")
        # Each connection has its own: a larger one made no page quicker, as the system keeps the
        # file's pages anyway, and all of a process grew with the library to 144 MB.
        cursor.execute("PRAGMA cache_size=-2000")
        cursor.close()
        connection.create_function(_LOWER, 1, _lower, deterministic=True)


_LOWER = "lower_any"


def _lower(text: str | None) -> str | None:
    return text.lower() if text else text


def lowered(text: sa.ColumnElement[str] | orm.InstrumentedAttribute[str]) -> sa.Function[str]:
    """The text as `str.lower()` has it, to be compared with that. SQLite's own lower() leaves
    every letter as it is that English has not; ours is called for each row: for small tables."""
    name = _LOWER if is_sqlite() else "lower"
    return sa.Function(name, text, type_=sa.String)


def holds(
    text: sa.ColumnElement[str] | orm.InstrumentedAttribute[str], word: str
) -> sa.ColumnElement[bool]:
    """The condition that a text holds the word, whatever the case of either. SQLite's LIKE knows
    no case of English letters; for others ours is called, which takes thrice as long."""
    if "\x00" in word:  # no text has it, and PostgreSQL takes no question with it
        return sa.false()
    if is_sqlite() and not word.isascii():
        return lowered(text).contains(word.lower(), autoescape=True)
    like = f"%{word.replace('~', '~~').replace('%', '~%').replace('_', '~_')}%"
    return text.like(like, escape="~") if is_sqlite() else text.ilike(like, escape="~")


def is_sqlite() -> bool:
    """Whether this library lives in SQLite."""
    return db.engine.dialect.name == "sqlite"


def table(model: type[Base]) -> sa.Table:
    """The model's bare table, for statements over many rows that need no objects."""
    return cast(sa.Table, model.__table__)


def read(
    statement: sa.Select[*tuple[Any, ...]] | sa.CompoundSelect[*tuple[Any, ...]],
    values: dict[str, Any] | None = None,
) -> sa.CursorResult[*tuple[Any, ...]]:
    """Rows of a statement over columns, in the session's transaction and without its part in it,
    which takes four fifths of the time of a small statement. Give it one that is made once: how
    a statement reads in the database is looked up by the statement itself.
    """
    session = db.session()
    session.flush()  # as the session does before it asks
    return session.connection(bind_arguments={"clause": statement}).execute(statement, values or {})


def upsert(model: Any) -> postgresql.Insert:
    """An INSERT into the model's table that knows `on_conflict_do_…` in this database.

    Typed as PostgreSQL's; SQLite's has the same methods.
    """
    return sqlite.insert(model) if is_sqlite() else postgresql.insert(model)  # type: ignore[return-value]


def is_id(text: str) -> bool:
    """Whether what came in an address or a form can be a row's id on either database."""
    return text.isascii() and text.isdecimal() and len(text) < 10
