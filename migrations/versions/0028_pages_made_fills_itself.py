"""The unused share_copy.pages_made fills itself, so that a later version can drop it"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # Making the whole table anew, SQLite's other way to a default, would delete its pages.
        op.drop_column("share_copy", "pages_made")
        op.add_column(
            "share_copy",
            sa.Column("pages_made", sa.Integer(), server_default="0", nullable=False),
        )
    else:
        op.alter_column("share_copy", "pages_made", server_default="0")


def downgrade() -> None:
    # On SQLite the default stays: whoever gives a value is not hindered by it.
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("share_copy", "pages_made", server_default=None)
