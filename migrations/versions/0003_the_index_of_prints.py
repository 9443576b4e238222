"""the index of prints"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, column in (("print_common", "roots"), ("print_token", "roots")):
        op.create_table(
            name,
            sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column(column, sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint("hash", name=op.f(f"pk_{name}")),
        )
    op.create_table(
        "print_hash",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("hash", "file_id", "number", name=op.f("pk_print_hash")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "print_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("adaptation_id", sa.Integer(), nullable=True),
        sa.Column("root_id", sa.Integer(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("printed", sa.Boolean(), nullable=False),
        sa.Column("recipe", sa.Integer(), nullable=False),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(version_id is null) <> (adaptation_id is null)",
            name=op.f("ck_print_file_version_or_adaptation"),
        ),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_print_file_asset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["asset_version.id"],
            name=op.f("fk_print_file_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_file")),
        sa.UniqueConstraint("adaptation_id", name=op.f("uq_print_file_adaptation_id")),
        sa.UniqueConstraint("version_id", name=op.f("uq_print_file_version_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_print_file_asset_id"), "print_file", ["asset_id"])
    op.create_index(op.f("ix_print_file_root_id"), "print_file", ["root_id"])
    op.create_table(
        "print_page",
        sa.Column("file_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("print_view", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["print_file.id"],
            name=op.f("fk_print_page_file_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("file_id", "number", name=op.f("pk_print_page")),
    )


def downgrade() -> None:
    for name in ("print_page", "print_file", "print_hash", "print_token", "print_common"):
        op.drop_table(name)
