"""The way of an asset to publication, and its versions."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import AuditEntry, Person, Role
from collateral.assets import operations
from collateral.assets.models import Asset, AssetVersion, ReadingState, Status
from collateral.clock import now
from collateral.db import db
from collateral.errors import Conflict, WrongState
from tests.assets.files import send
from tests.factories import add_version, make_asset, make_person
from tests.support import SignedInClient, at_once


def test_a_draft_goes_through_review_to_publication(marketer: SignedInClient) -> None:
    asset = make_asset(status=Status.DRAFT)
    for step, status in (
        ("review", Status.IN_REVIEW),
        ("draft", Status.DRAFT),
        ("publish", Status.PUBLISHED),
        ("draft", Status.DRAFT),
    ):
        assert marketer.post(f"/assets/{asset.id}/{step}").status_code == 303
        db.session.expire_all()
        assert asset.status is status
        assert (asset.published_at is not None) is (status is Status.PUBLISHED)
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.object_id == asset.id).order_by(AuditEntry.id)
    ).all()
    assert actions == [
        "asset.sent_to_review",
        "asset.withdrawn",
        "asset.published",
        "asset.withdrawn",
    ]
    assert marketer.post(f"/assets/{asset.id}/review").status_code == 303
    assert marketer.post(f"/assets/{asset.id}/review").status_code == 409


def test_many_drafts_are_published_with_one_click(marketer: SignedInClient) -> None:
    drafts = [make_asset(status=Status.DRAFT) for _ in range(3)]
    answer = marketer.post("/assets/publish", data={"asset": [each.id for each in drafts]})
    assert answer.status_code == 303
    db.session.expire_all()
    assert {each.status for each in drafts} == {Status.PUBLISHED}


def test_what_waits_for_its_file_is_not_called_published(marketer: SignedInClient) -> None:
    read, waiting = (make_asset(status=Status.DRAFT) for _ in range(2))
    add_version(waiting, state=ReadingState.READING)
    db.session.commit()
    marketer.post("/assets/publish", data={"asset": [read.id, waiting.id]})
    told = marketer.get("/library").text
    assert "1 asset published" in told
    assert "1 asset will be published as soon as its file has been read" in told


def test_links_and_counts_survive_a_new_version(marketer: SignedInClient) -> None:
    made = send(marketer, b"The first words", "words.txt", publish="1").json
    asset = db.session.get_one(Asset, made["asset"])
    answer = marketer.post(
        f"/assets/{asset.id}/versions",
        data={"file": (io.BytesIO(b"Other words"), "words2.txt"), "changes": "New prices"},
    )
    assert answer.status_code == 303
    db.session.expire_all()
    assert [version.number for version in asset.versions] == [2, 1]
    assert asset.current_version is not None
    assert (asset.current_version.number, asset.current_version.changes) == (2, "New prices")
    assert asset.status is Status.PUBLISHED
    assert "New prices" in marketer.get(f"/assets/{asset.id}?tab=versions").text
    same = marketer.post(
        f"/assets/{asset.id}/versions",
        data={"file": (io.BytesIO(b"Other words"), "words3.txt")},
    )
    assert same.status_code == 409
    back = marketer.post(f"/assets/{asset.id}/versions/1/current")
    assert back.status_code == 303
    db.session.expire_all()
    assert asset.current_version.number == 1


def test_a_retired_asset_takes_no_version(app: Flask) -> None:
    asset = make_asset(status=Status.RETIRED)
    received = operations.receive(io.BytesIO(b"words"), "words.txt")
    with pytest.raises(WrongState):
        operations.add_version(asset, received, by=asset.owner, at=now())


def test_t35_the_same_file_twenty_times_at_once_is_one_asset(bare_app: Flask) -> None:
    """Threat 35: a double click, a retry after a timeout."""
    with bare_app.app_context():
        person_id = make_person(Role.MARKETER).id

    def upload(_number: int, together: Callable[[], object]) -> str:
        with bare_app.app_context():
            received = operations.receive(io.BytesIO(b"The same bytes"), "a.bin")
            together()
            by = db.session.get_one(Person, person_id)
            try:
                operations.create_asset(received, by=by, at=now())
                db.session.commit()
                return "made"
            except Conflict:
                db.session.rollback()
                return "already here"

    assert sorted(at_once(20, upload)) == ["already here"] * 19 + ["made"]
    with bare_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Asset)) == 1


def test_two_versions_at_once_have_two_numbers(bare_app: Flask) -> None:
    with bare_app.app_context():
        asset_id = make_asset().id

    def upload(number: int, together: Callable[[], object]) -> None:
        with bare_app.app_context():
            received = operations.receive(io.BytesIO(b"%d" % number), f"{number}.bin")
            together()
            asset = db.session.get_one(Asset, asset_id)
            operations.add_version(asset, received, by=asset.owner, at=now())
            db.session.commit()

    at_once(6, upload)
    with bare_app.app_context():
        numbers = db.session.scalars(
            select(AssetVersion.number).order_by(AssetVersion.number)
        ).all()
        assert numbers == list(range(1, 8))
