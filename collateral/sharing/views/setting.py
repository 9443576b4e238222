"""How links look to buyers and how long visits are kept; and the company's colour as a style."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts import audit
from collateral.accounts.guard import actor, public, requires
from collateral.accounts.permissions import Permission
from collateral.db import db
from collateral.sharing import queries, rules
from collateral.sharing.forms import SettingsForm
from collateral.sharing.views import bp


@bp.route("/admin/links", methods=["GET", "POST"])
@requires(Permission.SHARE_SETTINGS)
def settings() -> ResponseReturnValue:
    """The settings of all links."""
    kept = queries.settings()
    form = SettingsForm(obj=kept)
    if not form.is_submitted():
        return render_template("sharing/settings.html", form=form)
    valid = form.validate()
    colour = (form.colour.data or "").strip().lower()
    if not rules.is_colour(colour):
        form.colour.errors = [_("A colour is written as #0b6570.")]
        valid = False
    if not valid:
        return render_template("sharing/settings.html", form=form), 400
    kept.company = " ".join((form.company.data or "").split())
    kept.colour, kept.keep_days = colour, int(form.keep_days.data)
    db.session.add(kept)
    audit.record(
        "links.set", by=actor(), kind="links", company=kept.company, keep_days=kept.keep_days
    )
    db.session.commit()
    flash(_("Kept."))
    return redirect(url_for("sharing.settings"), 303)


@bp.get("/brand.css")
@public
def brand() -> Response:
    """The company's colour for a buyer's pages; its address names it, so that it may be kept."""
    colour = queries.settings().colour
    text = f":root{{--brand:{colour};--on-brand:{rules.ink_on(colour)}}}\n"
    response = Response(text, mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
