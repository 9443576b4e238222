"""the audit trail takes no changes; an asset's current version exists"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


REFUSED = "begin select raise(abort, 'the audit trail is append-only'); end"
SQLITE = {
    "audit_entry_no_update": "before update on audit_entry",
    "audit_entry_no_delete": "before delete on audit_entry",
    # "insert or replace" deletes without asking the trigger above.
    "audit_entry_no_replace": (
        "before insert on audit_entry when exists (select 1 from audit_entry "
        "where id = new.id or previous_hash = new.previous_hash)"
    ),
}
POSTGRESQL = {
    "audit_entry_no_change": "before update or delete on audit_entry for each row",
    "audit_entry_no_truncate": "before truncate on audit_entry for each statement",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, when in SQLITE.items():
            op.execute(f"create trigger {name} {when} {REFUSED}")
        return
    # SQLite has this key from the start; elsewhere it waits until both tables are there.
    op.create_foreign_key(
        "fk_asset_current_version_id", "asset", "asset_version", ["current_version_id"], ["id"]
    )
    op.execute(
        "create or replace function refuse_audit_change() returns trigger language plpgsql as "
        "$$ begin raise exception 'the audit trail is append-only'; end $$"
    )
    for name, when in POSTGRESQL.items():
        op.execute(f"create trigger {name} {when} execute function refuse_audit_change()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE:
            op.execute(f"drop trigger {name}")
        return
    for name in POSTGRESQL:
        op.execute(f"drop trigger {name} on audit_entry")
    op.execute("drop function refuse_audit_change()")
    op.drop_constraint("fk_asset_current_version_id", "asset")
