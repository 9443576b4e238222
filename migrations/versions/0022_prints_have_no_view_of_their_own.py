"""prints have no view of their own: the pictures of pages are compared, which are there already"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a batch: SQLite would copy the whole table, which is the largest of the index.
    op.drop_column("print_page", "print_view")


def downgrade() -> None:
    op.add_column("print_page", sa.Column("print_view", sa.LargeBinary(), nullable=True))
