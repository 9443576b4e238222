"""requests"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("query", sa.String(length=250), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "taken_on",
                "made",
                "declined",
                name="request_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("maker_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("asset_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state != 'declined' or reason != ''", name=op.f("ck_request_declined_has_a_reason")
        ),
        sa.CheckConstraint(
            "state != 'taken_on' or (maker_id is not null and due_on is not null)",
            name=op.f("ck_request_taken_on_has_maker_and_day"),
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_request_asset_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_request_by_id")),
        sa.ForeignKeyConstraint(["maker_id"], ["person.id"], name=op.f("fk_request_maker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_asset_id"), ["asset_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_by_id"), ["by_id"], unique=False)
        batch_op.create_index("ix_request_maker_state", ["maker_id", "state"], unique=False)
        batch_op.create_index("ix_request_state_at", ["state", "at"], unique=False)

    op.create_table(
        "request_waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_request_waiting_deal_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_request_waiting_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["request.id"],
            name=op.f("fk_request_waiting_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_waiting")),
        sa.UniqueConstraint(
            "request_id", "person_id", name=op.f("uq_request_waiting_request_id_person_id")
        ),
    )
    with op.batch_alter_table("request_waiting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_waiting_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_request_waiting_person_id"), ["person_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("request_waiting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_waiting_person_id"))
        batch_op.drop_index(batch_op.f("ix_request_waiting_deal_id"))

    op.drop_table("request_waiting")
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.drop_index("ix_request_state_at")
        batch_op.drop_index("ix_request_maker_state")
        batch_op.drop_index(batch_op.f("ix_request_by_id"))
        batch_op.drop_index(batch_op.f("ix_request_asset_id"))

    op.drop_table("request")
