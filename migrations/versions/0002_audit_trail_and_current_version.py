"""the audit trail takes no changes; an asset's current version exists"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"create trigger audit_entry_no_{verb} before {verb} on audit_entry "
                "begin select raise(abort, 'the audit trail is append-only'); end"
            )
        return
    # SQLite has this key from the start; elsewhere it waits until both tables are there.
    op.create_foreign_key(
        "fk_asset_current_version_id", "asset", "asset_version", ["current_version_id"], ["id"]
    )
    op.execute(
        "create or replace function refuse_audit_change() returns trigger language plpgsql as "
        "$$ begin raise exception 'the audit trail is append-only'; end $$"
    )
    op.execute(
        "create trigger audit_entry_no_change before update or delete on audit_entry "
        "for each row execute function refuse_audit_change()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"drop trigger audit_entry_no_{verb}")
        return
    op.execute("drop trigger audit_entry_no_change on audit_entry")
    op.execute("drop function refuse_audit_change()")
    op.drop_constraint("fk_asset_current_version_id", "asset")
