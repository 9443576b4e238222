"""The sample is loaded and removed beside the pages, a step at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import current_app

from collateral.clock import now
from collateral.db import db
from collateral.demo import runs
from collateral.demo.models import Act, SampleRun
from collateral.queue import job

log = logging.getLogger(__name__)


@job
def carry_out(run_id: int) -> None:
    """Load or remove the sample; what an interrupted run left goes first. Commits each step."""
    # The makers of files are heavy, and every web process imports this module.
    from collateral.demo.catalogue import catalogue
    from collateral.demo.load import load
    from collateral.demo.remove import remove

    run = db.session.get(SampleRun, run_id)
    if run is None or run.finished_at is not None:
        return
    try:
        if runs.present():
            remove()
            _note(run_id, 0, 0, "")
        if run.act is Act.LOAD:
            for step in load(at=now(), **_size(catalogue)):
                _note(run_id, step.done, step.total, step.doing)
    except Exception as error:
        db.session.rollback()
        log.exception("sample_failed", extra={"run": run_id})
        db.session.get_one(SampleRun, run_id).error = type(error).__name__
        _end(run_id)
        if current_app.testing:
            raise
        return
    _end(run_id)


def _size(catalogue: Callable[[int], tuple[Any, ...]]) -> dict[str, Any]:
    """What `load` is to be told where the settings ask for a smaller sample."""
    most = current_app.extensions["settings"].sample_assets
    return {"samples": catalogue(now().year)[-most:], "days": 30} if most else {}


def _note(run_id: int, done: int, total: int, doing: str) -> None:
    run = db.session.get_one(SampleRun, run_id)
    run.done, run.total, run.doing, run.moved_at = done, total, doing[:300], now()
    db.session.commit()


def _end(run_id: int) -> None:
    db.session.get_one(SampleRun, run_id).finished_at = now()
    db.session.commit()
