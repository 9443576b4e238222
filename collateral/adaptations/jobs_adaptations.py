"""Reading adaptations and files that somebody asks about; putting the next version together.

The same way as versions take: claimed by one worker, read in the confined child, given back by
a sweep when that worker died.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from flask import current_app
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import OperationalError

from collateral.accounts.models import Person
from collateral.adaptations import checking, merging, refining, storing
from collateral.adaptations.jobs_prints import index_version
from collateral.adaptations.models import Adaptation, FileCheck, Merging, Status
from collateral.adaptations.models_prints import PrintFile
from collateral.adaptations.submitting import submit
from collateral.assets import blobs
from collateral.assets.models import AssetVersion, ReadingState
from collateral.clock import now
from collateral.db import db
from collateral.errors import CollateralError
from collateral.queue import every, job, send, when_lost
from collateral.reading import door, sentences
from collateral.reading.results import DEFAULT, PICTURES, Reading, Step
from collateral.reading.sniff import identify
from collateral.storage import StoreAway, storage

log = logging.getLogger(__name__)

ATTEMPTS = 3
LEASE = timedelta(seconds=DEFAULT.wall_seconds * 2 + 120)
OVERDUE = timedelta(minutes=1)
BATCH = 64
ANSWERS_KEPT = timedelta(days=7)
"""How long the answer about a file that is not kept can be looked at again."""
WORDS = frozenset({Step.TEXT, Step.LANGUAGE, Step.FEATURES})


@job
def read_adaptation(adaptation_id: int) -> None:
    """Read an adaptation that waits: words first, so that its source is known; then pictures."""
    if _claim(Adaptation, adaptation_id):
        _guarded(Adaptation, adaptation_id, _read_adaptation)


def _read_adaptation(adaptation_id: int, folder: Path) -> None:
    adaptation = db.session.get_one(Adaptation, adaptation_id)
    sha256, filename = adaptation.sha256, adaptation.filename
    db.session.rollback()  # nothing stays open while the file is read
    with storage().local(sha256) as path:
        kind = identify(path, filename)
        reading = door.read(path, kind, folder, want=WORDS)
        if reading.error is not None:
            _fail(Adaptation, adaptation_id, reading.error)
            return
        storing.keep_pages(adaptation_id, reading)
        adaptation = db.session.get_one(Adaptation, adaptation_id)
        if not _source_known(adaptation):
            # The sweep comes back to it; until then it has waited, not failed.
            adaptation.state, adaptation.attempts = ReadingState.RECEIVED, 0
            db.session.commit()
            return
        if adaptation.traced_at is None:
            lineage = storing.trace_adaptation(adaptation)
            storing.keep_lineage(adaptation, lineage, asset_id=adaptation.named_asset_id)
            _submit_if_asked(adaptation)
        db.session.commit()
        drawn: set[int] = set()

        def progress(step: Step, reading: Reading) -> None:
            if step in PICTURES:
                fresh = [preview for preview in reading.previews if preview.page not in drawn]
                drawn.update(preview.page for preview in fresh)
                storing.keep_previews(adaptation_id, fresh)

        pictures = door.read(path, kind, folder, want=PICTURES, progress=progress)
    storing.keep_previews(adaptation_id, [p for p in pictures.previews if p.page not in drawn])
    refining.refine(adaptation_id)
    storing.mark_regions(adaptation_id)
    storing.finish(adaptation_id, pictures)


def _source_known(adaptation: Adaptation) -> bool:
    """Whether the pages of the asset that she named are in the index; they are put there now if
    they have been read, and waited for if they are being read. Commits after each."""
    waits = {ReadingState.RECEIVED, ReadingState.READING}
    unknown = db.session.execute(
        select(AssetVersion.id, AssetVersion.state)
        .outerjoin(PrintFile, PrintFile.version_id == AssetVersion.id)
        .where(
            AssetVersion.asset_id == adaptation.named_asset_id,
            AssetVersion.state != ReadingState.FAILED,
            PrintFile.id.is_(None),
        )
        .order_by(AssetVersion.id)
    ).all()
    if any(row.state in waits for row in unknown):
        return False
    for row in unknown:
        index_version(row.id)
    return True


def _submit_if_asked(adaptation: Adaptation) -> None:
    """Hand on what its maker wanted submitted before its source was known."""
    if adaptation.status is Status.PRIVATE and adaptation.submitted_at and adaptation.asset_id:
        maker = db.session.get_one(Person, adaptation.person_id)
        submit(adaptation, by=maker, at=now())


@job
def check_file(check_id: int) -> None:
    """Say what a file is that somebody asked about, and let the file go."""
    if _claim(FileCheck, check_id):
        _guarded(FileCheck, check_id, _check_file)


def _check_file(check_id: int, folder: Path) -> None:
    check = db.session.get_one(FileCheck, check_id)
    sha256, filename = check.sha256 or "", check.filename
    db.session.rollback()
    with storage().local(sha256) as path:
        kind = identify(path, filename)
        reading = door.read(path, kind, folder, want=WORDS)
    check = db.session.get_one(FileCheck, check_id)
    if reading.error is not None:
        check.state, check.error = ReadingState.FAILED, reading.error
    else:
        checking.answer(check, reading, kind.family)
        check.state = ReadingState.READY
    check.sha256 = None
    asked_at = check.created_at
    db.session.commit()
    _let_go(sha256, asked_at)


def _let_go(sha256: str, asked_at: datetime) -> None:
    """Delete what was only asked about: no row names it, and nobody has put it there since."""
    kept_at = storage().kept_at(sha256)
    if kept_at is not None and kept_at <= asked_at.timestamp() and not blobs.named([sha256]):
        storage().delete(sha256)
    db.session.rollback()


@job
def put_together(adaptation_id: int) -> None:
    """Make the next version from the pages that were chosen, or say why a person must."""
    folder = Path(tempfile.mkdtemp(dir=_workshop()))
    try:
        merging.put_together(adaptation_id, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@job
def redraw_regions(adaptation_id: int) -> None:
    """Compare the pictures anew, after its source was corrected."""
    refining.refine(adaptation_id)
    storing.mark_regions(adaptation_id)


def _claim(model: type[Adaptation | FileCheck], row_id: int) -> bool:
    claimed = db.session.execute(
        update(model)
        .where(model.id == row_id, model.state == ReadingState.RECEIVED)
        .values(state=ReadingState.READING, attempts=model.attempts + 1, read_started_at=now())
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return cast("CursorResult[Any]", claimed).rowcount == 1


def _guarded(
    model: type[Adaptation | FileCheck], row_id: int, act: Callable[[int, Path], None]
) -> None:
    """Do it; whatever happens, the row says so and nothing is left lying about."""
    folder = Path(tempfile.mkdtemp(dir=_workshop()))
    about = {"row": row_id, "kind": model.__tablename__}
    try:
        act(row_id, folder)
    except (OperationalError, StoreAway) as error:
        # The database was busy for too long, or one of them away: that says nothing of the file.
        db.session.rollback()
        log.warning("adaptation_interrupted", extra=about, exc_info=True)
        _put_off(model, row_id, counts=not isinstance(error, StoreAway))
    except Exception as error:
        db.session.rollback()
        log.exception("adaptation_failed", extra=about)
        said = error.sentence if isinstance(error, CollateralError) else sentences.OURS
        _fail(model, row_id, said)
        if current_app.testing and not isinstance(error, CollateralError | OSError):
            raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_off(model: type[Adaptation | FileCheck], row_id: int, *, counts: bool) -> None:
    """Leave it to the sweep: where this try `counts`, as often as one whose worker died."""
    row = cast("Adaptation | FileCheck | None", db.session.get(model, row_id))
    if row is not None and (row.attempts < ATTEMPTS or not counts):
        row.attempts -= not counts
        row.state = ReadingState.RECEIVED
        db.session.commit()
        return
    _fail(model, row_id, sentences.OURS)


def _fail(model: type[Adaptation | FileCheck], row_id: int, sentence: str) -> None:
    row = cast("Adaptation | FileCheck | None", db.session.get(model, row_id))
    if row is not None:
        row.state = ReadingState.FAILED
        row.error = sentence
        db.session.commit()


@every(minutes=1)
def sweep_adaptations() -> None:
    """Queue what is overdue, and what a dead worker left."""
    moment = now()
    give_back(moment)
    for model, function in ((Adaptation, read_adaptation), (FileCheck, check_file)):
        for row_id in _ids(
            select(model.id).where(
                model.state == ReadingState.RECEIVED, model.created_at < moment - OVERDUE
            )
        ):
            send(function, row_id)
    for row_id in _ids(
        select(Adaptation.id).where(
            Adaptation.merging == Merging.WAITING, Adaptation.decided_at < moment - OVERDUE
        )
    ):
        send(put_together, row_id)


@every(minutes=60)
def forget_checks() -> None:
    """Drop old answers about files that are not kept."""
    db.session.execute(delete(FileCheck).where(FileCheck.created_at < now() - ANSWERS_KEPT))
    db.session.commit()


def give_back(moment: datetime) -> None:
    """Make `received` again, or `failed`, what has not moved for longer than reading takes."""
    models: tuple[type[Adaptation | FileCheck], ...] = (Adaptation, FileCheck)
    for model in models:
        rows: Iterable[Adaptation | FileCheck] = db.session.scalars(
            select(model).where(
                model.state == ReadingState.READING, model.read_started_at < moment - LEASE
            )
        )
        for row in rows:
            _give_back(row)
    db.session.commit()


@when_lost(read_adaptation)
def let_adaptation_go(adaptation_id: int) -> None:
    """Give back what a worker that is known to be dead was reading."""
    _let_row_go(db.session.get(Adaptation, adaptation_id))


@when_lost(check_file)
def let_check_go(check_id: int) -> None:
    """Give back the file that a worker that is known to be dead was looking at."""
    _let_row_go(db.session.get(FileCheck, check_id))


def _let_row_go(row: Adaptation | FileCheck | None) -> None:
    if row is not None and row.state is ReadingState.READING:
        _give_back(row)
    db.session.commit()


def _give_back(row: Adaptation | FileCheck) -> None:
    if row.attempts >= ATTEMPTS:
        row.state, row.error = ReadingState.FAILED, sentences.DEADLY % {"times": ATTEMPTS}
    else:
        row.state = ReadingState.RECEIVED


def _ids(query: Any) -> list[int]:
    return list(db.session.scalars(query.limit(BATCH)))


def _workshop() -> Path:
    """Where pictures lie until they are kept; reading's own sweep clears it."""
    folder = cast(Path, current_app.extensions["settings"].home) / "reading"
    folder.mkdir(exist_ok=True)
    return folder
