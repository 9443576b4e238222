"""words that led nowhere, of everybody's searches

The job that sums searches joins them from the sums by team; until it has, the report of searches
reads those and says the same.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "words_sum",
        sa.Column(
            "span",
            sa.Enum(
                "day", "month", name="span", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=250), nullable=False),
        sa.Column("without_result", sa.Integer(), nullable=False),
        sa.Column("without_click", sa.Integer(), nullable=False),
        sa.Column("people_without_result", sa.Text(), nullable=False),
        sa.Column("people_without_click", sa.Text(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("most", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("span", "day", "words", name=op.f("pk_words_sum")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_words_sum_most",
        "words_sum",
        ["span", "day", "without_result", "without_click"],
        sqlite_where=sa.text("most"),
        postgresql_where=sa.text("most"),
    )
    op.add_column("searches_summed", sa.Column("joined", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("searches_summed") as batch_op:
        batch_op.drop_column("joined")
    op.drop_table("words_sum")
