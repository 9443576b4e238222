"""Every part of the pages in every state, for those who look after the house."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from collateral.accounts.guard import requires
from collateral.accounts.permissions import Permission
from collateral.accounts.views import bp


@bp.get("/styleguide")
@requires(Permission.ADMIN_AUDIT)
def styleguide() -> ResponseReturnValue:
    """The macros of templates/components side by side."""
    return render_template("styleguide.html")
