"""Connections to CRMs, and deals that went"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_connection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "salesforce",
                "hubspot",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("writes_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "stages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column(
            "reached", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "sample", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_connection")),
        sa.UniqueConstraint("kind", name=op.f("uq_crm_connection_kind")),
    )
    op.create_table(
        "crm_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "use", "visit", name="kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("about", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "trying",
                "written",
                "refused",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("remote_id", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["crm_connection.id"],
            name=op.f("fk_crm_note_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_note")),
        sa.UniqueConstraint(
            "connection_id", "kind", "about", name=op.f("uq_crm_note_connection_id_kind_about")
        ),
    )
    op.create_table(
        "crm_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
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
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("merged", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Integer(), nullable=False),
        sa.Column("waited", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "state <> 'failed' or error is not null", name=op.f("ck_crm_run_failed_says_why")
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["crm_connection.id"],
            name=op.f("fk_crm_run_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_run")),
    )
    with op.batch_alter_table("crm_run", schema=None) as batch_op:
        batch_op.create_index("ix_crm_run_connection_id", ["connection_id", "id"], unique=False)

    op.create_table(
        "crm_run_row",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["crm_run.id"], name=op.f("fk_crm_run_row_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_crm_run_row")),
    )
    with op.batch_alter_table("deal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_deal_outcome_next_call_at", ["outcome", "next_call_at"], unique=False
        )

    op.create_index(
        "ix_deal_words",
        "deal",
        ["outcome", "gone_at", "name", "account", "external_id", "owner_name", "next_call_at"],
        postgresql_where=sa.text("false"),
    )


def downgrade() -> None:
    op.drop_index("ix_deal_words", "deal")
    with op.batch_alter_table("deal", schema=None) as batch_op:
        batch_op.drop_index("ix_deal_outcome_next_call_at")
        batch_op.drop_column("gone_at")

    op.drop_table("crm_run_row")
    with op.batch_alter_table("crm_run", schema=None) as batch_op:
        batch_op.drop_index("ix_crm_run_connection_id")

    op.drop_table("crm_run")
    op.drop_table("crm_note")
    op.drop_table("crm_connection")
