"""Teams: who works together, and for whom an asset can be meant."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts import operations, queries
from collateral.accounts.forms import TeamForm, tell
from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.accounts.views import bp
from collateral.db import db
from collateral.errors import Conflict, Invalid


@bp.route("/admin/teams", methods=["GET", "POST"])
@requires(Permission.ADMIN_TEAMS)
def teams() -> ResponseReturnValue:
    form, status = TeamForm(), 400 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            added = operations.add_team(form.name.data, form.region.data, by=actor())
            db.session.commit()
            flash(_("The team %(name)s is added.", name=added.name))
            return redirect(url_for("accounts.teams"), 303)
        except (Invalid, Conflict) as error:
            db.session.rollback()
            tell(form, error)
            status = error.status
    page = render_template(
        "accounts/teams.html", form=form, teams=queries.teams(), sizes=queries.team_sizes()
    )
    return page, status


@bp.route("/admin/teams/<int:team_id>", methods=["GET", "POST"])
@requires(Permission.ADMIN_TEAMS)
def team(team_id: int) -> ResponseReturnValue:
    found = queries.get_team(team_id)
    form, status = TeamForm(obj=found), 400 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            operations.change_team(found, name=form.name.data, region=form.region.data, by=actor())
            db.session.commit()
            flash(_("Saved."))
            return redirect(url_for("accounts.teams"), 303)
        except (Invalid, Conflict) as error:
            db.session.rollback()
            tell(form, error)
            status = error.status
    return render_template("accounts/team.html", form=form, team=found), status


@bp.post("/admin/teams/<int:team_id>/remove")
@requires(Permission.ADMIN_TEAMS)
def remove_team(team_id: int) -> ResponseReturnValue:
    found = queries.get_team(team_id)
    name = found.name
    operations.remove_team(found, by=actor())
    db.session.commit()
    flash(_("The team %(name)s is removed.", name=name))
    return redirect(url_for("accounts.teams"), 303)
