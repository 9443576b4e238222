"""Where the files lie, how many there are, and whether all of it agrees."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral import underway
from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.clock import now
from collateral.db import db
from collateral.errors import Conflict
from collateral.queue import after_commit
from collateral.storage import storage
from collateral.upkeep import jobs, operations, presenting, queries
from collateral.upkeep.models import Work
from collateral.upkeep.views import bp

RUNS = 10


@bp.get("/admin/storage")
@requires(Permission.ADMIN_UPKEEP)
def files() -> ResponseReturnValue:
    """The store, its sums, the last check with what it found, and those before it."""
    runs = queries.runs(Work.CHECK, RUNS)
    busy = bool(runs) and presenting.is_busy(runs[0], now())
    checked = queries.last(Work.CHECK, done=True)
    listed = checked.detail["listed"] if checked else []
    failed = bool(runs) and not busy and presenting.is_broken(runs[0])
    return render_template(
        "upkeep/storage.html",
        place=storage().place(),
        kept=queries.kept(),
        runs=runs,
        busy=busy,
        progress=underway.told(jobs.progress_of(runs[0].id)) if busy else None,
        checked=checked,
        failed=failed,
        why=presenting.why(runs[0]) if failed else "",
        findings=presenting.findings(listed, queries.abouts(listed)),
        state=lambda run: presenting.state(run, now()),
    )


@bp.post("/admin/storage/check")
@requires(Permission.ADMIN_UPKEEP)
def check() -> ResponseReturnValue:
    """Check now; with `deep` every original is read."""
    try:
        run = operations.begin_check(deep=bool(request.form.get("deep")), by=actor(), at=now())
    except Conflict as error:
        flash(error.sentence, "info")
    else:
        after_commit(jobs.check, run.id)
        db.session.commit()
        flash(_("The library is being checked."), "info")
    return redirect(url_for("upkeep.files"), 303)
