"""Checks and test mails."""

from __future__ import annotations

import time

from flask_babel import force_locale, gettext

from collateral import mail, underway
from collateral.assets.check import Finding, Seen, findings, rows_to_look_at
from collateral.clock import now
from collateral.db import db
from collateral.queue import background, job, queue
from collateral.upkeep import mailing, operations
from collateral.upkeep.models import UpkeepRun, WorkState

SHOWN = 0.5
"""Seconds after which it is told how far a check is."""
EVERY = 20.0
"""Seconds after which a check says again that it lives."""
PATIENCE = 5.0
"""Seconds that the index is given to catch up."""


def progress_of(run_id: int) -> str:
    """Under which it is told how far a check is."""
    return f"check:{run_id}"


@background
def check(run_id: int) -> None:
    """Go through the library as the run says. One that is over is not done again."""
    run = db.session.get(UpkeepRun, run_id)
    if run is not None and run.state is WorkState.RUNNING:
        look_through(run_id)


def look_through(run_id: int) -> list[Finding]:
    """A check from its first row to its end, kept in its run; progress is told. Commits."""
    deep = bool(db.session.get_one(UpkeepRun, run_id).detail["deep"])
    total, told = rows_to_look_at(), 0.0
    said = time.monotonic()

    def tell(rows: int) -> None:
        nonlocal said, told
        at = time.monotonic()
        if at > told + SHOWN:
            told = at
            underway.tell(progress_of(run_id), rows, total)
        if at > said + EVERY:
            said = at
            operations.heard(db.session.get_one(UpkeepRun, run_id), at=now())
            db.session.commit()

    seen = Seen(tell=tell)
    try:
        # Where jobs run at once nobody else will catch up.
        patience = 0.0 if queue().url == "immediate:" else PATIENCE
        found = list(findings(deep=deep, patience=patience, seen=seen))
    except BaseException:
        db.session.rollback()
        operations.fail(db.session.get_one(UpkeepRun, run_id), operations.OURS, at=now())
        db.session.commit()
        raise
    finally:
        underway.over(progress_of(run_id))
    operations.end_check(db.session.get_one(UpkeepRun, run_id), found, seen, at=now())
    db.session.commit()
    return found


@job
def send_test(run_id: int) -> None:
    """Mail the person who asked for it; what came of it stands in the run."""
    run = db.session.get(UpkeepRun, run_id)
    if run is None or run.by is None or run.state is not WorkState.RUNNING:
        return
    person = run.by
    with force_locale(person.locale):
        message = mail.compose(
            person.email,
            gettext("A test mail from Collateral"),
            "test",
            name=person.name,
            locale=person.locale,
        )
    db.session.commit()  # nothing is held while the server is asked
    try:
        mail.send(message)
    except OSError as error:
        operations.fail(run, mailing.why(error), at=now())
    else:
        operations.end_test_mail(run, at=now())
    db.session.commit()
