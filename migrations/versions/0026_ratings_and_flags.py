"""Ratings and flags"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "wrong",
                "out_of_date",
                "old_look",
                "not_to_be_sent",
                "other",
                name="flag_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "mended",
                "not_so",
                "withdrawn",
                name="flag_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reason != 'other' or sentence != ''", name=op.f("ck_flag_other_says_what")
        ),
        sa.CheckConstraint("state != 'not_so' or note != ''", name=op.f("ck_flag_not_so_says_why")),
        sa.CheckConstraint(
            "state = 'open' or (resolved_by_id is not null and resolved_at is not null)",
            name=op.f("ck_flag_resolved_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_flag_asset_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_flag_by_id")),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["person.id"], name=op.f("fk_flag_resolved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["asset_version.id"], name=op.f("fk_flag_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_asset_id"), ["asset_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_by_id"), ["by_id"], unique=False)
        batch_op.create_index(
            "ix_flag_open",
            ["asset_id", "by_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(batch_op.f("ix_flag_version_id"), ["version_id"], unique=False)

    op.create_table(
        "rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stars between 1 and 5", name=op.f("ck_rating_one_to_five_stars")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_rating_asset_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rating_person_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["asset_version.id"], name=op.f("fk_rating_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("asset_id", "person_id", name=op.f("uq_rating_asset_id_person_id")),
    )
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.create_index("ix_rating_mean", ["asset_id", "version_id", "stars"], unique=False)
        batch_op.create_index(batch_op.f("ix_rating_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "ix_rating_poor",
            ["asset_id"],
            unique=False,
            sqlite_where=sa.text("stars < 3"),
            postgresql_where=sa.text("stars < 3"),
        )
        batch_op.create_index(batch_op.f("ix_rating_version_id"), ["version_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rating_version_id"))
        batch_op.drop_index(
            "ix_rating_poor",
            sqlite_where=sa.text("stars < 3"),
            postgresql_where=sa.text("stars < 3"),
        )
        batch_op.drop_index(batch_op.f("ix_rating_person_id"))
        batch_op.drop_index("ix_rating_mean")

    op.drop_table("rating")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flag_version_id"))
        batch_op.drop_index(
            "ix_flag_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_flag_by_id"))
        batch_op.drop_index(batch_op.f("ix_flag_asset_id"))

    op.drop_table("flag")
