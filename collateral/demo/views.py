"""The sample library by one press, and out again by another."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.clock import now
from collateral.db import db
from collateral.demo import jobs, runs
from collateral.demo.models import Act
from collateral.errors import Forbidden
from collateral.queue import after_commit

bp = Blueprint("demo", __name__)


@bp.get("/sample")
@requires(Permission.ADMIN_SAMPLE)
def sample() -> ResponseReturnValue:
    """What the sample is, whether it is here, and how far its coming or going is."""
    run = runs.latest()
    return render_template(
        "demo/sample.html",
        run=run,
        moving=runs.under_way(run, now()),
        here=runs.present(),
        own=actor().sample,
    )


@bp.post("/sample/load")
@requires(Permission.ADMIN_SAMPLE)
def load() -> ResponseReturnValue:
    """Add the sample library."""
    return _begin(Act.LOAD)


@bp.post("/sample/remove")
@requires(Permission.ADMIN_SAMPLE)
def remove() -> ResponseReturnValue:
    """Take it out again; what is not the sample's stays."""
    return _begin(Act.REMOVE)


def _begin(act: Act) -> ResponseReturnValue:
    if actor().sample:
        raise Forbidden(_("You are one of the sample's own people; it cannot go from under you."))
    run = runs.begin(act, at=now())
    after_commit(jobs.carry_out, run.id)
    db.session.commit()
    if act is Act.LOAD:
        flash(_("The sample library is on its way."))
    return redirect(url_for("demo.sample"), 303)
