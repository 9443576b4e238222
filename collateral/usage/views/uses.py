"""Taking a use back, and saying that something was used from a deal's page."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, require
from collateral.clock import now
from collateral.db import db
from collateral.usage import operations, queries
from collateral.usage.views import bp


@bp.post("/uses/<int:use_id>/retract")
@requires(Permission.USE_CORRECT)
def retract(use_id: int) -> ResponseReturnValue:
    """Take a use back: `reason` says why."""
    person = actor()
    use = queries.get_use(person, use_id)
    require(person, Permission.USE_CORRECT, use)
    operations.retract_use(use, by=person, at=now(), reason=request.form.get("reason", ""))
    db.session.commit()
    flash(_("Taken back: %(asset)s in %(deal)s", asset=use.asset.title, deal=use.deal.name), "info")
    return redirect(url_for("deals.detail", deal_id=use.deal_id), 303)
