"""How mail goes out, whether it does, and a test mail."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.clock import now
from collateral.db import db
from collateral.errors import Conflict
from collateral.queue import after_commit
from collateral.upkeep import jobs, mailing, operations, presenting, queries
from collateral.upkeep.models import Work
from collateral.upkeep.views import bp


@bp.get("/admin/mail")
@requires(Permission.ADMIN_UPKEEP)
def mail() -> ResponseReturnValue:
    """The way that mails go, the last that went and the last that did not."""
    test = queries.last(Work.TEST_MAIL)
    return render_template(
        "upkeep/mail.html",
        way=mailing.way(),
        sent=mailing.last_sent(),
        failure=mailing.last_failure(),
        test=test,
        busy=test is not None and presenting.is_busy(test, now()),
    )


@bp.post("/admin/mail/try")
@requires(Permission.ADMIN_UPKEEP)
def try_mail() -> ResponseReturnValue:
    """Send whoever asks a test mail."""
    try:
        run = operations.begin_test_mail(by=actor(), at=now())
    except Conflict as error:
        flash(error.sentence, "info")
    else:
        after_commit(jobs.send_test, run.id)
        db.session.commit()
        flash(_("A test mail is on its way."), "info")
    return redirect(url_for("upkeep.mail"), 303)
