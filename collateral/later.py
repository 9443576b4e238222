"""What this program cannot do because it is older than what it is about.

While a library goes from one version of this program to the next, processes of both work on tables
that the newer one has migrated. What an older worker fails at then says nothing: the queue offers
it again until a newer one takes it.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from collateral.config import ROOT
from collateral.db import db

_VERSIONS = ROOT / "migrations" / "versions"


class LaterProgram(Exception):
    """A job is about something that a later version of this program made."""


def tables_are_later() -> bool:
    """Whether the tables are at a revision that this program does not know. One small query."""
    try:
        revisions = set(db.session.scalars(text("select version_num from alembic_version")))
    except SQLAlchemyError:
        # They were not made by migrations, or the database is away: neither makes them later.
        db.session.rollback()
        return False
    return not revisions <= known()


def known() -> set[str]:
    """The revisions of this program's own migrations, each the beginning of its file's name."""
    return {path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*.py")}
