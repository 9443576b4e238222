"""The uploaded files of imports: kept while they are needed, and then let go."""

from __future__ import annotations

import io
from datetime import timedelta

from flask import Flask

from collateral.accounts.models import Role
from collateral.assets import blobs
from collateral.clock import now
from collateral.db import db
from collateral.deals import jobs, operations
from collateral.deals.mapping import from_json
from collateral.deals.models import ImportRun, ImportState
from collateral.queue import queue
from tests.factories import make_asset, make_person
from tests.support import worker_died

CSV = b"Deal ID,Deal name,Stage\n1,Line monitoring,Proposal\n"


def receive(data: bytes = CSV) -> ImportRun:
    run = operations.receive(io.BytesIO(data), "deals.csv", by=make_person(Role.MANAGER), at=now())
    db.session.commit()
    return run


def claimed() -> ImportRun:
    """One that a worker took a quarter of an hour ago, not quite, and did not finish."""
    run = receive()
    operations.choose_mapping(run, from_json(run.mapping), dry_run=False)
    run.created_at = run.started_at = now() - timedelta(minutes=14)
    db.session.commit()
    return run


def test_what_a_worker_is_reading_in_is_left_to_it_and_a_dead_one_s_is_taken_over(
    app: Flask,
) -> None:
    run = claimed()
    jobs.carry_out(run.id)
    jobs.sweep()
    assert (run.state, run.new) == (ImportState.WAITING, 0)
    worker_died(app, jobs.carry_out, run.id)
    assert (run.state, run.new, run.sha256) == (ImportState.DONE, 1, None)


def test_the_only_worker_takes_over_what_was_taken_before_it_began(app: Flask) -> None:
    run = claimed()
    queue().alone_since = now() - timedelta(minutes=13)
    jobs.sweep()
    db.session.expire_all()
    assert (run.state, run.new) == (ImportState.DONE, 1)


def test_a_file_that_waits_for_its_columns_is_no_orphan(app: Flask) -> None:
    run = receive()
    assert list(blobs.orphans(older_than=-1)) == []
    jobs.forget_files()
    assert db.session.get_one(ImportRun, run.id).sha256 is not None


def test_an_abandoned_file_is_let_go_after_a_week(app: Flask) -> None:
    run = receive()
    sha256 = run.sha256
    run.created_at = now() - timedelta(days=8)
    db.session.commit()
    jobs.forget_files()
    assert db.session.get_one(ImportRun, run.id).sha256 is None
    assert list(blobs.orphans(older_than=-1)) == [sha256]


def test_a_file_that_is_an_asset_too_outlives_the_import(app: Flask) -> None:
    run = receive()
    version = make_asset().versions[0]
    version.sha256 = run.sha256 or ""
    operations.discard_file(run)
    db.session.commit()
    assert version.sha256 not in list(blobs.orphans(older_than=-1))
