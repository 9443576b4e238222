"""`/`: the home of each role, and the one click that says where a download was used."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.models import Role
from collateral.accounts.permissions import Permission
from collateral.assets import queries as assets
from collateral.clock import now
from collateral.db import db
from collateral.deals import queries as deals
from collateral.home import marketer, numbers, rep
from collateral.home.beginning import first_steps
from collateral.templating import reader_zone
from collateral.usage import operations as usage

bp = Blueprint("home", __name__)

# Whoever holds several roles comes to the one that acts soonest.
ORDER = (Role.REP, Role.MARKETER, Role.MANAGER, Role.ADMIN)


@bp.get("/")
@requires(Permission.SEARCH)
def index() -> ResponseReturnValue:
    """The home of the person's first role, or of the one that the address names."""
    person, at = actor(), now()
    roles = [role for role in ORDER if role in person.roles]
    asked = request.args.get("as", "")
    role = next((role for role in roles if role.value == asked), roles[0] if roles else Role.REP)
    today = at.astimezone(reader_zone()).date()
    shared = {"today": today, "role": role, "roles": roles, "beginning": first_steps(person)}
    if role is Role.MARKETER:
        return render_template("home/marketer.html", **shared, **marketer.context(person, today))
    if role in (Role.MANAGER, Role.ADMIN):
        return render_template("home/manager.html", **shared, **numbers.manager(person, today))
    return render_template("home/rep.html", **shared, **rep.context(person, at))


@bp.post("/home/say/<int:asset_id>")
@requires(Permission.USE_DECLARE)
def say(asset_id: int) -> ResponseReturnValue:
    """Note the deal in which a downloaded asset was used, or that it was in none."""
    person = actor()
    asset = assets.get_visible(person, asset_id)
    deal_id = request.form.get("deal", type=int)
    if deal_id is None:
        usage.answer_no_deal(person, asset, at=now())
        db.session.commit()
        flash(_("Noted: not in a deal"))
        return redirect(url_for("home.index"))
    deal = deals.get_visible(person, deal_id)
    use = usage.declare_use(asset, deal, by=person, at=now())
    db.session.commit()
    flash(
        cast(
            Any,
            {
                "text": _("Used in %(deal)s", deal=deal.account or deal.name),
                "undo": url_for("usage.retract", use_id=use.id),
            },
        )
    )
    return redirect(url_for("home.index"))
