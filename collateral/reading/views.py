"""The jobs page: what is being read, what failed and why, and another try."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.assets import operations
from collateral.db import db
from collateral.queue import queue
from collateral.reading import queries

bp = Blueprint("reading", __name__)


@bp.get("/admin/jobs")
@requires(Permission.ADMIN_JOBS)
def jobs() -> ResponseReturnValue:
    """Waiting, under way, failed with the reason; `?page=` for older failures."""
    page = max(1, request.args.get("page", 1, type=int))
    found = queries.jobs(actor(), page)
    return render_template(
        "reading/jobs.html",
        jobs=found,
        waiting=queue().waiting(),
        page=page,
        pages=max(1, -(-found.failed_total // queries.PAGE)),
    )


@bp.post("/admin/jobs/<int:version_id>/retry")
@requires(Permission.ADMIN_JOBS)
def retry(version_id: int) -> ResponseReturnValue:
    """Read the version again from the start."""
    version = queries.get_version(actor(), version_id)
    operations.read_again(version)
    db.session.commit()
    flash(_("“%(name)s” is read again", name=version.filename))
    return redirect(url_for("reading.jobs"), 303)
