"""Stock and dues from indexes alone"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# Table, columns and condition of each.
NEW = {
    "ix_asset_stock": ("asset", "status, cost_amount, published_at, cost_currency", None),
    "ix_asset_review_on_status": ("asset", "review_on, status", None),
    "ix_asset_expires_on_status": ("asset", "expires_on, status", None),
    "ix_deal_gone": ("deal", "id", "gone_at is not null"),
}
# Each begins as one of the new ones.
OLD = {
    "ix_asset_status": ("asset", "status", None),
    "ix_asset_review_on": ("asset", "review_on", None),
    "ix_asset_expires_on": ("asset", "expires_on", None),
}


def upgrade() -> None:
    _replace(OLD, NEW)


def downgrade() -> None:
    _replace(NEW, OLD)


def _replace(
    old: dict[str, tuple[str, str, str | None]], new: dict[str, tuple[str, str, str | None]]
) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, values in new.items():
            _index(f"create index {name}", *values)
        for name in old:
            op.execute(f"drop index {name}")
        return
    with op.get_context().autocommit_block():
        for name, values in new.items():
            _beside(name, *values)
        for name in old:
            op.execute(f"drop index concurrently if exists {name}")


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
