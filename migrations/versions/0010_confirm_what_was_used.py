"""Who confirmed what was used in a closed deal."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deal_confirmation",
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deal.id"], name=op.f("fk_deal_confirmation_deal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_deal_confirmation_person_id")
        ),
        sa.PrimaryKeyConstraint("deal_id", name=op.f("pk_deal_confirmation")),
    )
    with op.batch_alter_table("deal_confirmation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_deal_confirmation_person_id"), ["person_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("deal_confirmation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_confirmation_person_id"))

    op.drop_table("deal_confirmation")
