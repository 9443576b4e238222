"""months of versions, and indexes for what reports and homes ask

The job that sums days over has to begin anew, for it now sums versions by month, too; until it
has caught up, reports read the sums by day and say the same.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Table, columns and condition of each.
INDEXES = {
    "ix_asset_review_on": ("asset", "review_on", None),
    "ix_asset_expires_on": ("asset", "expires_on", None),
    "ix_asset_use_deal_day": ("asset_use", "deal_id, day", "retracted_at is null"),
    "ix_event_left_out": ("event", "who, kind, at", "left_out is not null"),
}


def upgrade() -> None:
    op.execute("delete from running_until where id = 1")
    if op.get_bind().dialect.name == "sqlite":
        for name, (table, columns, where) in INDEXES.items():
            _index(f"create index {name}", table, columns, where)
        return
    with op.get_context().autocommit_block():
        for name, (table, columns, where) in INDEXES.items():
            if table == "event":
                _of_parts(name, columns, where)
            else:
                _beside(name, table, columns, where)


def _index(how: str, table: str, columns: str, where: str | None) -> None:
    op.execute(f"{how} on {table} ({columns})" + (f" where {where}" if where else ""))


def _beside(name: str, table: str, columns: str, where: str | None) -> None:
    """Make it while rows come and go. One that was broken off is made again."""
    whole = op.get_bind().scalar(
        sa.text("select indisvalid from pg_index where indexrelid = to_regclass(:name)"),
        {"name": name},
    )
    if whole is False:
        op.execute(f"drop index concurrently {name}")
    if not whole:
        _index(f"create index concurrently {name}", table, columns, where)


def _of_parts(name: str, columns: str, where: str | None) -> None:
    """An index of a divided table: of each part beside its writers, then put below the whole."""
    _index(f"create index if not exists {name}", "only event", columns, where)
    parts = op.get_bind().scalars(
        sa.text(
            "select inhrelid::regclass::text from pg_inherits where inhparent = 'event'::regclass"
        )
    )
    for part in parts.all():
        mine = f"{part}_left_out"
        _beside(mine, part, columns, where)
        op.execute(f"alter index {name} attach partition {mine}")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"drop index {name}")
    op.execute("delete from monthly_sum where level = 'version'")
