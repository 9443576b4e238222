"""prints are of versions"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("print_page")
    op.drop_table("print_file")
    op.create_table(
        "print_file",
        *_file(),
        sa.Column("version_id", sa.Integer(), nullable=False),
        *_keys(),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_print_file_asset_id"), "print_file", ["asset_id"])
    _pages()


def downgrade() -> None:
    op.drop_table("print_page")
    op.drop_table("print_file")
    op.create_table(
        "print_file",
        *_file(),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("adaptation_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(version_id is null) <> (adaptation_id is null)",
            name=op.f("ck_print_file_version_or_adaptation"),
        ),
        *_keys(),
        sa.UniqueConstraint("adaptation_id", name=op.f("uq_print_file_adaptation_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_print_file_asset_id"), "print_file", ["asset_id"])
    op.create_index(op.f("ix_print_file_root_id"), "print_file", ["root_id"])
    _pages()


def _file() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.Integer(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("printed", sa.Boolean(), nullable=False),
        sa.Column("recipe", sa.Integer(), nullable=False),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _keys() -> list[sa.Constraint]:
    return [
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
        sa.UniqueConstraint("version_id", name=op.f("uq_print_file_version_id")),
    ]


def _pages() -> None:
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
