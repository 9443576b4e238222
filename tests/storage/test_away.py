"""A store of files that does not answer: people are told, and what was to be read waits."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from flask import Flask

from collateral.accounts.models import Role
from collateral.adaptations import jobs_adaptations
from collateral.adaptations.asking import ask
from collateral.adaptations.models import FileCheck, Purpose
from collateral.assets import operations as assets
from collateral.assets.models import AssetVersion, ReadingState
from collateral.clock import now
from collateral.db import db
from collateral.deals import jobs as deal_jobs
from collateral.deals import operations as deals
from collateral.deals.mapping import from_json
from collateral.deals.models import ImportRun, ImportState
from collateral.reading import jobs
from collateral.storage import StoreAway
from collateral.storage.s3 import S3Storage
from tests.factories import make_person


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is queued is not done before the test does it."""
    with monkeypatch.context() as patch:
        patch.setattr("collateral.queue.Queue.send", lambda *_args: None)
        yield


@pytest.fixture
def away(tmp_path: Path) -> Iterator[S3Storage]:
    """A bucket where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        store = S3Storage(f"s3://library?endpoint={endpoint}", tmp_path / "scratch")
        store._made = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="nobody",
            aws_secret_access_key="nothing",
            config=Config(retries={"total_max_attempts": 1}),
        )
        yield store
        store._made.close()


def test_whatever_is_asked_of_it_says_so(away: S3Storage) -> None:
    name = "0" * 64
    for asked in (
        lambda: away.put(io.BytesIO(b"new")),
        lambda: away.size(name),
        lambda: away.open(name),
        lambda: away.local(name).__enter__(),
    ):
        with pytest.raises(StoreAway) as told:
            asked()
        assert told.value.status == 503
    assert "try again" in told.value.sentence


def test_nothing_that_waits_for_its_file_is_failed_for_that(
    app: Flask, away: S3Storage, later: None
) -> None:
    marketer, at = make_person(Role.MARKETER), now()
    asset = assets.create_asset(assets.receive(io.BytesIO(b"Why"), "Why.txt"), by=marketer, at=at)
    asked = assets.receive(io.BytesIO(b"Is this current?"), "Asked.txt")
    check = ask(asked, Purpose.CURRENT, by=marketer, at=at)
    run = deals.receive(
        io.BytesIO(b"Deal ID,Deal name,Stage\n1,Line monitoring,Proposal\n"),
        "deals.csv",
        by=make_person(Role.MANAGER),
        at=at,
    )
    deals.choose_mapping(run, from_json(run.mapping), dry_run=False)
    db.session.add(check)
    db.session.commit()
    assert asset.current_version is not None
    version = asset.current_version.id

    here = app.extensions["storage"]
    app.extensions["storage"] = away
    for _ in range(jobs.ATTEMPTS + 1):
        jobs.read_version(version)
        jobs_adaptations.check_file(check.id)
        deal_jobs.carry_out(run.id)
    states = {
        db.session.get_one(AssetVersion, version).state,
        db.session.get_one(FileCheck, check.id).state,
    }
    assert states == {ReadingState.RECEIVED}
    assert db.session.get_one(ImportRun, run.id).state is ImportState.WAITING

    app.extensions["storage"] = here
    jobs.read_version(version)
    jobs_adaptations.check_file(check.id)
    deal_jobs.carry_out(run.id)
    assert db.session.get_one(AssetVersion, version).state is ReadingState.READY
    assert db.session.get_one(FileCheck, check.id).state is ReadingState.READY
    assert db.session.get_one(ImportRun, run.id).state is ImportState.DONE
