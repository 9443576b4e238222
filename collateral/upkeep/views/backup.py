"""When the library was backed up last, where to, and how it comes back."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from collateral.accounts.guard import requires
from collateral.accounts.permissions import Permission
from collateral.clock import now
from collateral.upkeep import presenting, queries
from collateral.upkeep.models import Work
from collateral.upkeep.views import bp

RUNS = 10


@bp.get("/admin/backup")
@requires(Permission.ADMIN_UPKEEP)
def backup() -> ResponseReturnValue:
    """What was backed up. One is made on the command line alone, and never sent to a browser."""
    runs = queries.runs(Work.BACKUP, RUNS)
    return render_template(
        "upkeep/backup.html",
        backup=queries.last(Work.BACKUP, done=True),
        failed=runs[0] if runs and presenting.is_broken(runs[0]) else None,
        runs=runs,
        due=queries.backup_is_due(now()),
        state=lambda run: presenting.state(run, now()),
    )
