"""events by month

On PostgreSQL the table of events becomes the first of several: it is renamed and put below a
new one that is divided by day, so no row is written anew. What takes long (two indexes, and
looking whether all its days lie before a bound) is done before, beside readers and writers,
and is found done when the migration is tried again. What shuts them out is one short
transaction at the end. SQLite keeps its one table.

Going back writes every event anew and shuts everybody out while it does.
"""

import re
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

REFERRED = ("asset", "deal", "person", "team_set", "version")
TABLES = {"version": "asset_version"}
# Of the parent, and as the part of before calls its own.
INDEXES = {
    "ix_event_asset_day": "(asset_id, day)",
    "ix_event_day": "(day)",
    "ix_event_deal": "(deal_id) where deal_id is not null",
    "ix_event_who_kind_at": "(who, kind, at) where left_out is null",
}
KEY = "(key, at, day) where key is not null"
MONTHS_AHEAD = 3


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("uq_event_key_at", "event")
        op.create_index(
            "uq_event_key", "event", ["key", "at", "day"], unique=True,
            sqlite_where=sa.text("key is not null"),
        )  # fmt: skip
        return
    with op.get_context().autocommit_block():
        before = _prepare()
    _divide(before)


def _prepare() -> date:
    """Get the old table ready to be a part; the first day that it will not hold."""
    bind = op.get_bind()
    _index_beside("event_before_key", KEY)
    _index_beside("event_before_pkey", "(id, day)")
    said = bind.scalar(
        sa.text(
            "select pg_get_constraintdef(oid) from pg_constraint "
            "where conrelid = 'event'::regclass and conname = 'event_before'"
        )
    )
    if said:
        before = date.fromisoformat(re.search(r"'([\d-]+)'", said)[1])
    else:
        # Events of tomorrow must still find a place if what follows has to wait for days.
        before = _next(datetime.now(UTC).date() + timedelta(days=28))
        # A transaction by itself, which waits no longer than any other.
        op.execute(
            "do $$ begin set local lock_timeout = '500ms'; alter table event "
            f"add constraint event_before check (day < '{before}') not valid; end $$"
        )
    op.execute("alter table event validate constraint event_before")
    return before


def _index_beside(name: str, columns: str) -> None:
    """Make an index while rows come and go. One that was broken off is made again."""
    whole = op.get_bind().scalar(
        sa.text("select indisvalid from pg_index where indexrelid = to_regclass(:name)"),
        {"name": name},
    )
    if whole:
        return
    # It waits for whoever writes just now, and keeps nobody waiting meanwhile.
    if whole is not None:
        op.execute(f"drop index concurrently {name}")
    op.execute(f"create unique index concurrently {name} on event {columns}")


def _divide(before: date) -> None:
    bind = op.get_bind()
    part = f"event_before_{before:%Y_%m}"
    op.execute("lock table event in access exclusive mode")
    is_empty = bind.scalar(sa.text("select not exists (select from event)"))
    op.execute(f"alter table event rename to {part}")
    for name in INDEXES:
        op.execute(f"alter index {name} rename to {name.replace('event', part)}")
    op.execute("drop index uq_event_key_at")
    op.execute(f"alter index event_before_key rename to {part}_key")
    op.execute(f"alter table {part} drop constraint pk_event")
    op.execute(
        f"alter table {part} add constraint {part}_pkey primary key using index event_before_pkey"
    )
    op.execute(
        f"create table event (like {part} including defaults including constraints) "
        "partition by range (day)"
    )
    op.execute("alter table event drop constraint event_before")
    op.execute("alter table event add constraint pk_event primary key (id, day)")
    _refer("event")
    for name, columns in INDEXES.items():
        op.execute(f"create index {name} on event {columns}")
    op.execute(f"create unique index uq_event_key on event {KEY}")
    op.execute("alter sequence event_id_seq owned by event.id")
    if is_empty:
        op.execute(f"drop table {part}")
        before = datetime.now(UTC).date().replace(day=1)
    else:
        op.execute(
            f"alter table event attach partition {part} for values from (minvalue) to ('{before}')"
        )
        op.execute(f"alter table {part} drop constraint event_before")
    op.execute("create table event_other partition of event default")
    month = before
    for _ in range(MONTHS_AHEAD + 1):
        after = _next(month)
        op.execute(
            f"create table event_{month:%Y_%m} partition of event "
            f"for values from ('{month}') to ('{after}')"
        )
        month = after


def _refer(table: str) -> None:
    for name in REFERRED:
        op.execute(
            f"alter table {table} add constraint fk_event_{name}_id "
            f"foreign key ({name}_id) references {TABLES.get(name, name)} (id)"
        )


def _next(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("uq_event_key", "event")
        op.create_index(
            "uq_event_key_at", "event", ["key", "at"], unique=True,
            sqlite_where=sa.text("key is not null"),
        )  # fmt: skip
        return
    op.execute("lock table event in access exclusive mode")
    op.execute("create table event_whole (like event including defaults including constraints)")
    op.execute("insert into event_whole select * from event")
    op.execute("alter sequence event_id_seq owned by event_whole.id")
    op.execute("drop table event")
    op.execute("alter table event_whole rename to event")
    op.execute("alter table event add constraint pk_event primary key (id)")
    _refer("event")
    for name, columns in INDEXES.items():
        op.execute(f"create index {name} on event {columns}")
    op.execute("create unique index uq_event_key_at on event (key, at) where key is not null")
