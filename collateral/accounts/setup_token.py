"""The first start: until there is an admin, the server prints an address that makes one."""

from __future__ import annotations

import click
from flask import Flask

from collateral.accounts import one_time, queries
from collateral.accounts.models import TokenPurpose
from collateral.clock import now
from collateral.db import db


def needed() -> bool:
    """Whether nobody is admin yet."""
    return queries.admins() == 0


def announce(app: Flask) -> None:
    """Print a one-time address for setting the library up; nothing once it has an admin.

    Each start prints one of its own; the first that is used makes all of them useless.
    """
    with app.app_context():
        if not needed():
            return
        token = one_time.issue(TokenPurpose.SETUP, None, at=now())
        db.session.commit()
        base_url = app.extensions["settings"].base_url
        click.echo("This library has no admin yet. To set it up, open (works once, for a day):")
        click.echo("  " + one_time.address(base_url, TokenPurpose.SETUP, token))
