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
from collateral.deals.models import ImportRun
from tests.factories import make_asset, make_person

CSV = b"Deal ID,Deal name,Stage\n1,Line monitoring,Proposal\n"


def receive(data: bytes = CSV) -> ImportRun:
    run = operations.receive(io.BytesIO(data), "deals.csv", by=make_person(Role.MANAGER), at=now())
    db.session.commit()
    return run


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
