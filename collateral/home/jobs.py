"""Telling people what changed, after the commit that changed it."""

from __future__ import annotations

from collateral.assets.revisions import subscribe
from collateral.clock import now
from collateral.db import db
from collateral.home import announced, telling
from collateral.queue import every, job


@subscribe
@job
def tell_of_changes() -> None:
    """After each commit that touched an asset; finds what was retired or renewed itself."""
    _tell_of_changes()


@every(minutes=15)
def look_again() -> None:
    """What a lost queue lost, what saved searches find, and deals that were closed."""
    _tell_of_changes()
    telling.tell_of_searches(now())
    db.session.commit()
    telling.tell_of_closed_deals(now())
    announced.announce_closed_deals(now())
    db.session.commit()


def _tell_of_changes() -> None:
    found = telling.changes(now())
    telling.tell_of_changes(found, now())
    announced.announce_versions(found)
    db.session.commit()
