"""Checks, backups and test mails, and what came of them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upkeep_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "work",
            sa.Enum(
                "check",
                "backup",
                "test_mail",
                name="work",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "done",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column(
            "detail", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.CheckConstraint(
            "state <> 'failed' or error is not null", name=op.f("ck_upkeep_run_failed_says_why")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_upkeep_run_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upkeep_run")),
    )
    op.create_index("ix_upkeep_run_work", "upkeep_run", ["work", "id"])


def downgrade() -> None:
    op.drop_table("upkeep_run")
