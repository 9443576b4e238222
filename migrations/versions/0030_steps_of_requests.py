"""Steps of requests"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

NUMBERS = " union all ".join(f"select {number} as number" for number in range(1, 6))
# The days from when it was taken on till it is due, shared evenly; as `rules.spread` does it.
DUE = {
    "sqlite": """
        date(due_on, '-' || (days - days * number / 5) || ' days')
        from (select id, maker_id, due_on, changed_at,
          max(cast(julianday(due_on) - julianday(date(changed_at)) as integer), 0) as days
          from request where state = 'taken_on') taken
    """,
    "postgresql": """
        due_on - (days - days * number / 5)
        from (select id, maker_id, due_on, changed_at,
          greatest(due_on - (changed_at at time zone 'UTC')::date, 0) as days
          from request where state = 'taken_on') taken
    """,
}


def upgrade() -> None:
    op.create_table(
        "production_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(done_at is null) = (done_by_id is null)",
            name=op.f("ck_production_step_done_by_somebody"),
        ),
        sa.CheckConstraint("number between 1 and 5", name=op.f("ck_production_step_one_of_five")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["person.id"], name=op.f("fk_production_step_assignee_id")
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["person.id"], name=op.f("fk_production_step_done_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["request.id"],
            name=op.f("fk_production_step_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_step")),
        sa.UniqueConstraint(
            "request_id", "number", name=op.f("uq_production_step_request_id_number")
        ),
    )
    op.create_index(
        "ix_production_step_waiting",
        "production_step",
        ["assignee_id", "due_on"],
        sqlite_where=sa.text("done_at is null"),
        postgresql_where=sa.text("done_at is null"),
    )
    due = DUE[op.get_bind().dialect.name]
    op.execute(
        "insert into production_step (request_id, number, assignee_id, began_at, due_on)"
        f" select id, number, maker_id, changed_at, {due} cross join ({NUMBERS}) numbers"
    )


def downgrade() -> None:
    op.drop_table("production_step")
