"""Noting what is done to look after the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.assets.check import Finding, Seen
from collateral.db import db
from collateral.errors import Conflict
from collateral.upkeep.models import UpkeepRun, Work, WorkState
from collateral.words import N_, Sentence, to_text

if TYPE_CHECKING:
    from collateral.backup.taking import Taken

KEPT = 20
"""Runs of each kind that are kept."""
LISTED = 200
"""Findings that a check keeps, of however many."""
SILENT = timedelta(minutes=10)
"""After which a run that said nothing is told to have been broken off."""

BROKEN_OFF = Sentence(N_("It was broken off: the process that did it ended."))
OURS = Sentence(N_("It was broken off by a fault of the program. The log says more."))


@dataclass(frozen=True)
class Checked:
    """What a check found; the detail of its run once it is over. Sizes in bytes."""

    deep: bool
    found: int
    mended: int
    kinds: dict[str, int]
    listed: list[dict[str, str]]
    """`kind` and `about` of the first of them."""
    originals: int
    originals_bytes: int
    previews: int
    previews_bytes: int


@dataclass(frozen=True)
class BackedUp:
    """A backup that was made; the detail of its run. Sizes in bytes."""

    file: str
    """Its whole path; empty where it went to standard output."""
    files: int
    bytes: int
    verified: bool


def begin_check(*, deep: bool, by: Person | None, at: datetime) -> UpkeepRun:
    """The run of a check; who asks for it on a page stands in the audit trail.

    Raises Conflict for a person while another is under way; the command line goes beside it.
    """
    if by is not None:
        _refuse_a_second(Work.CHECK, at)
    run = _begin(Work.CHECK, by, at, {"deep": deep})
    if by is not None:
        audit.record("library.checked", by=by, deep=deep)
    return run


def end_check(
    run: UpkeepRun, findings: Sequence[Finding], seen: Seen, *, mended: int = 0, at: datetime
) -> None:
    checked = Checked(
        deep=bool(run.detail["deep"]),
        found=len(findings),
        mended=mended,
        kinds=dict(Counter(finding.kind for finding in findings)),
        listed=[{"kind": each.kind, "about": each.about} for each in findings[:LISTED]],
        originals=seen.originals,
        originals_bytes=seen.originals_bytes,
        previews=seen.previews,
        previews_bytes=seen.previews_bytes,
    )
    run.detail = asdict(checked)
    _end(run, at)


def note_mended(run: UpkeepRun, mended: int) -> None:
    """So many of the findings were mended, or queued to be."""
    run.detail = {**run.detail, "mended": mended}


def begin_test_mail(*, by: Person, at: datetime) -> UpkeepRun:
    """The run of a test mail to that person. Raises Conflict while one is on its way."""
    _refuse_a_second(Work.TEST_MAIL, at)
    run = _begin(Work.TEST_MAIL, by, at, {"to": by.email})
    audit.record("mail.tried", by=by, to=by.email)
    return run


def end_test_mail(run: UpkeepRun, *, at: datetime) -> None:
    _end(run, at)


def note_backup(
    taken: Taken, file: str, size: int, *, verified: bool, began: datetime, at: datetime
) -> UpkeepRun:
    """Say that a backup was made, once it is whole: none ever holds a row of itself."""
    done = BackedUp(file, taken.files, size, verified)
    run = _begin(Work.BACKUP, None, began, asdict(done))
    _end(run, at)
    audit.record("library.backed_up", by=None, file=file, bytes=size, verified=verified)
    return run


def note_failed_backup(why: str, file: str, *, began: datetime, at: datetime) -> UpkeepRun:
    run = _begin(Work.BACKUP, None, began, {"file": file})
    fail(run, why, at=at)
    return run


def heard(run: UpkeepRun, *, at: datetime) -> None:
    """It still does something."""
    run.heard_at = at


def fail(run: UpkeepRun, why: str | Sentence, *, at: datetime) -> None:
    run.state, run.error, run.finished_at = WorkState.FAILED, to_text(why), at


def _begin(work: Work, by: Person | None, at: datetime, detail: dict[str, Any]) -> UpkeepRun:
    old = select(UpkeepRun.id).where(UpkeepRun.work == work).order_by(UpkeepRun.id.desc())
    good = db.session.scalar(old.where(UpkeepRun.state == WorkState.DONE).limit(1))
    gone = [id for id in db.session.scalars(old.offset(KEPT - 1).limit(KEPT)) if id != good]
    db.session.execute(delete(UpkeepRun).where(UpkeepRun.id.in_(gone)))
    run = UpkeepRun(work=work, by=by, started_at=at, heard_at=at, detail=detail)
    db.session.add(run)
    db.session.flush()
    return run


def _refuse_a_second(work: Work, at: datetime) -> None:
    query = select(UpkeepRun).where(UpkeepRun.work == work, UpkeepRun.state == WorkState.RUNNING)
    for run in db.session.scalars(query):
        if run.heard_at > at - SILENT:
            raise Conflict(_("One is under way already."))
        fail(run, BROKEN_OFF, at=at)


def _end(run: UpkeepRun, at: datetime) -> None:
    run.state, run.heard_at, run.finished_at = WorkState.DONE, at, at
