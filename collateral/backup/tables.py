"""What is in the database, whichever it is."""

from __future__ import annotations

from sqlalchemy import inspect, text

from collateral.config import ROOT
from collateral.db import db


def schema_revision() -> str | None:
    """The revision of the tables that are there, None where none was recorded."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(
            text("select version_num from alembic_version")
        ).scalar()
        return found


def known_revisions() -> list[str]:
    """The revisions that this code can bring tables to, the newest first."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


def has_people() -> bool:
    """Whether somebody lives here: an empty library may be written over."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("person"):
            return False
        return connection.execute(text("select 1 from person limit 1")).first() is not None
