"""who edited an asset last"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In words of both databases: SQLite would otherwise copy the table and drop the old one, and
    # with it the rows that hang on it.
    op.execute(
        "ALTER TABLE asset ADD COLUMN edited_by_id INTEGER"
        " CONSTRAINT fk_asset_edited_by_id REFERENCES person (id)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE asset DROP COLUMN edited_by_id")
