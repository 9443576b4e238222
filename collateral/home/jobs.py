"""Telling people what changed, after the commit that changed it."""

from __future__ import annotations

from collateral.assets.revisions import subscribe
from collateral.clock import now
from collateral.db import db
from collateral.home import telling
from collateral.queue import every, job


@subscribe
@job
def tell_of_changes() -> None:
    """After each commit that touched an asset; finds what was retired or renewed itself."""
    telling.tell_of_changes(now())
    db.session.commit()


@every(minutes=15)
def look_again() -> None:
    """What a lost queue lost, what saved searches find, and deals that were closed."""
    telling.tell_of_changes(now())
    db.session.commit()
    telling.tell_of_searches(now())
    db.session.commit()
    telling.tell_of_closed_deals(now())
    db.session.commit()
