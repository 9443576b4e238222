"""Sums of ratings, by which a home counts what is rated low"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rating_sum",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("ratings", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.CheckConstraint("ratings > 0", name=op.f("ck_rating_sum_of_some")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_rating_sum_asset_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["asset_version.id"], name=op.f("fk_rating_sum_version_id")
        ),
        sa.PrimaryKeyConstraint("asset_id", "version_id", name=op.f("pk_rating_sum")),
    )
    with op.batch_alter_table("rating_sum", schema=None) as batch_op:
        batch_op.create_index(
            "ix_rating_sum_low",
            ["asset_id"],
            unique=False,
            sqlite_where=sa.text("stars < 3 * ratings"),
            postgresql_where=sa.text("stars < 3 * ratings"),
        )
        batch_op.create_index(batch_op.f("ix_rating_sum_version_id"), ["version_id"], unique=False)
    op.execute(
        "insert into rating_sum (asset_id, version_id, ratings, stars)"
        " select asset_id, version_id, count(*), sum(stars) from rating"
        " group by asset_id, version_id"
    )
    op.execute("drop index ix_rating_poor")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_rating_poor",
            "rating",
            ["asset_id"],
            unique=False,
            sqlite_where=sa.text("stars < 3"),
            postgresql_where=sa.text("stars < 3"),
            postgresql_concurrently=True,
        )
    op.drop_table("rating_sum")
