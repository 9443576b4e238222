"""Notices, and what each person wants to be told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("once", sa.String(length=120), nullable=True),
        sa.Column("inbox", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("inbox or mail", name=op.f("ck_notice_goes_somewhere")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "person_id", "kind", "once", name=op.f("uq_notice_person_id_kind_once")
        ),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_at", ["at"], unique=False)
        batch_op.create_index("ix_notice_person_at", ["person_id", "at"], unique=False)
        batch_op.create_index(
            "ix_notice_unread",
            ["person_id"],
            unique=False,
            sqlite_where=sa.text("inbox and read_at is null"),
            postgresql_where=sa.text("inbox and read_at is null"),
        )
        batch_op.create_index(
            "ix_notice_unsent",
            ["person_id", "at"],
            unique=False,
            sqlite_where=sa.text("mail and mailed_at is null"),
            postgresql_where=sa.text("mail and mailed_at is null"),
        )

    op.create_table(
        "notice_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("inbox", sa.Boolean(), nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_notice_choice_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "notice_rhythm",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "rhythm",
            sa.Enum(
                "hourly",
                "daily",
                "weekly",
                "never",
                name="rhythm",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.CheckConstraint("hour between 0 and 23", name=op.f("ck_notice_rhythm_hour_of_a_day")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_notice_rhythm_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_rhythm")),
    )


def downgrade() -> None:
    op.drop_table("notice_rhythm")
    op.drop_table("notice_choice")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notice_unsent",
            sqlite_where=sa.text("mail and mailed_at is null"),
            postgresql_where=sa.text("mail and mailed_at is null"),
        )
        batch_op.drop_index(
            "ix_notice_unread",
            sqlite_where=sa.text("inbox and read_at is null"),
            postgresql_where=sa.text("inbox and read_at is null"),
        )
        batch_op.drop_index("ix_notice_person_at")
        batch_op.drop_index("ix_notice_at")

    op.drop_table("notice")
