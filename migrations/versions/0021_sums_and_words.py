"""sums name their teams unchecked on PostgreSQL; searches are found by their words

The key of sums stays in SQLite: there a table cannot lose one without being written anew, and it
costs little.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SUMS = ("daily_sum", "monthly_sum")
WORDS = "on search (lower(query), at)"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"create index ix_search_words {WORDS}")
        return
    for table in SUMS:
        op.execute(f"alter table {table} drop constraint if exists fk_{table}_team_set_id")
    with op.get_context().autocommit_block():
        whole = op.get_bind().scalar(
            sa.text("select indisvalid from pg_index where indexrelid = to_regclass(:name)"),
            {"name": "ix_search_words"},
        )
        if whole is False:  # somebody broke it off
            op.execute("drop index concurrently ix_search_words")
        if not whole:
            op.execute(f"create index concurrently ix_search_words {WORDS}")


def downgrade() -> None:
    op.execute("drop index ix_search_words")
    if op.get_bind().dialect.name == "sqlite":
        return
    for table in SUMS:
        op.execute(
            f"alter table {table} add constraint fk_{table}_team_set_id"
            " foreign key (team_set_id) references team_set (id) not valid"
        )
        op.execute(f"alter table {table} validate constraint fk_{table}_team_set_id")
