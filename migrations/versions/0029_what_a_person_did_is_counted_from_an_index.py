"""What a person did is counted from an index alone"""

from alembic import op

from collateral.usage.partitions import index_beside

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NEW = ("ix_event_who_kind_at_kept", "(who, kind, at, day, kept) where left_out is null")
# Begins as the new one.
OLD = ("ix_event_who_kind_at", "(who, kind, at) where left_out is null")


def upgrade() -> None:
    _replace(OLD, NEW)


def downgrade() -> None:
    _replace(NEW, OLD)


def _replace(old: tuple[str, str], new: tuple[str, str]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"create index {new[0]} on event {new[1]}")
    else:
        with op.get_context().autocommit_block():
            index_beside(op.get_bind(), *new)
    op.execute(f"drop index {old[0]}")
