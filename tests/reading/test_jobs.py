"""Reading as a job: put down in steps, failed with a sentence, done again."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from collateral.accounts.models import Role
from collateral.assets import operations
from collateral.assets.models import Asset, AssetVersion, Page, ReadingState, Status
from collateral.clock import now
from collateral.db import db
from collateral.reading import door, jobs
from collateral.reading.results import Reading, Step
from collateral.storage import storage
from tests.assets.files import make_deck
from tests.factories import make_person
from tests.reading.received import again, receive
from tests.support import Visitor


def test_text_is_there_before_the_pictures(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each step another process sees what is known by then."""
    seen: list[tuple[Step, ReadingState, int, int]] = []
    real = door.read

    def watched(*args: Any, progress: Callable[..., None], **given: Any) -> Reading:
        def look(step: Step, reading: Reading) -> None:
            progress(step, reading)
            with app.app_context():
                version = db.session.scalars(select(AssetVersion)).one()
                pages = db.session.scalars(select(Page)).all()
                drawn = sum(page.preview_320 is not None for page in pages)
                seen.append((step, version.state, len(pages), drawn))

        return real(*args, progress=look, **given)

    monkeypatch.setattr(door, "read", watched)
    receive(make_deck("One\na", "Two\nb", "Three\nc"))
    found = {step: rest for step, *rest in seen}
    assert found[Step.TEXT] == [ReadingState.READING, 3, 0]
    assert found[Step.FIRST_PREVIEW] == [ReadingState.READING, 3, 1]
    assert found[Step.PREVIEWS] == [ReadingState.READING, 3, 3]


def test_nothing_is_written_while_a_file_is_read(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write lock is free while the child works, so that several are read at once."""
    open_meanwhile: list[bool] = []
    real = door.read

    def watched(*args: Any, **kwargs: Any) -> Reading:
        open_meanwhile.append(db.session().in_transaction())
        progress = kwargs.pop("progress")

        def look(step: Step, reading: Reading) -> None:
            open_meanwhile.append(db.session().in_transaction())
            progress(step, reading)
            open_meanwhile.append(db.session().in_transaction())

        return real(*args, progress=look, **kwargs)

    monkeypatch.setattr(door, "read", watched)
    receive(make_deck("One\na", "Two\nb"))
    assert len(open_meanwhile) > 4
    assert not any(open_meanwhile)


def test_a_password_ends_in_a_sentence_and_the_file_stays(app: Flask, tmp_path: Path) -> None:
    from tests.reading.makers import pdf

    locked = pdf(tmp_path / "locked.pdf", password="secret").read_bytes()
    version = again(receive(locked, "locked.pdf", publish=True))
    assert version.state is ReadingState.FAILED
    assert "password" in (version.error or "")
    assert storage().size(version.sha256) == len(locked)
    assert version.asset.status is Status.DRAFT  # somebody has to look at it first


def test_a_damaged_file_is_not_a_crash(app: Flask) -> None:
    deck = make_deck("One\nword")
    version = again(receive(deck[: len(deck) // 2], "broken.pptx"))
    assert version.state is ReadingState.FAILED
    assert version.error


def test_a_kind_that_nobody_reads_is_kept_and_found_by_its_name(app: Flask) -> None:
    version = again(receive(bytes(range(256)) * 40, "firmware.bin", publish=True))
    assert version.state is ReadingState.READY
    assert version.preview_missing
    assert version.asset.status is Status.PUBLISHED


def test_published_when_it_has_been_read(app: Flask, no_queue: None) -> None:
    version = receive(make_deck("One\nword"), publish=True)
    assert version.asset.status is Status.DRAFT
    jobs.read_version(version.id)
    asset = again(version).asset
    assert (asset.status, asset.publish_when_ready) == (Status.PUBLISHED, False)
    assert asset.published_at is not None


def test_a_failed_step_leaves_the_others(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    real = door.read

    def without_pictures(*args: Any, **kwargs: Any) -> Reading:
        reading = real(*args, **kwargs)
        return replace(reading, previews=(), preview_missing="The pictures could not be made.")

    def quiet(*args: Any, progress: Any, **kwargs: Any) -> Reading:
        return without_pictures(*args, **kwargs)

    monkeypatch.setattr(door, "read", quiet)
    version = again(receive(make_deck("One\nword")))
    assert version.state is ReadingState.READY
    assert version.preview_missing == "The pictures could not be made."
    assert [page.title for page in version.pages] == ["One"]


def test_reading_again_replaces_the_pages(app: Flask) -> None:
    version = receive(make_deck("One\na", "Two\nb"))
    operations.read_again(again(version))
    db.session.commit()
    version = again(version)
    assert version.state is ReadingState.READY
    assert [page.number for page in version.pages] == [1, 2]
    assert version.pages[0].features is not None


def test_a_gone_file_is_said_so(app: Flask, no_queue: None) -> None:
    version = receive(make_deck("One\nword"))
    storage().delete(version.sha256)
    jobs.read_version(version.id)
    assert again(version).error == "The file is not in the store."


def test_a_failure_of_ours_blames_nobodys_file(
    app: Flask, no_queue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = receive(make_deck("One\nword"))

    def broken(*_args: Any, **_kwargs: Any) -> Reading:
        raise OSError("no more handles")

    monkeypatch.setattr(door, "read", broken)
    jobs.read_version(version.id)
    version = again(version)
    assert version.state is ReadingState.FAILED
    assert "not the file's" in (version.error or "")


@pytest.mark.parametrize(("place", "step"), [(jobs, "few_wait"), (door, "read")])
def test_a_busy_database_puts_reading_off(
    app: Flask, no_queue: None, monkeypatch: pytest.MonkeyPatch, place: ModuleType, step: str
) -> None:
    version = receive(make_deck("One\nword"))

    def busy(*_args: Any, **_kwargs: Any) -> Reading:
        raise OperationalError("update", {}, Exception("database is locked"))

    with monkeypatch.context() as for_a_while:
        for_a_while.setattr(place, step, busy)
        jobs.read_version(version.id)
    assert again(version).state is ReadingState.RECEIVED
    jobs.read_version(version.id)
    assert again(version).state is ReadingState.READY


def test_a_new_version_takes_over_when_it_has_been_read(app: Flask, no_queue: None) -> None:
    version = receive(make_deck("One\nold"))
    jobs.read_version(version.id)
    asset = again(version).asset
    received = operations.receive(io.BytesIO(make_deck("One\nnew")), "v2.pptx")
    second = operations.add_version(asset, received, by=asset.owner, at=now(), changes="New")
    db.session.commit()
    assert db.session.get_one(Asset, asset.id).current_version_id == version.id
    jobs.read_version(second.id)
    assert (
        db.session.get_one(Asset, asset.id, populate_existing=True).current_version_id == second.id
    )


def test_an_unreadable_version_does_not_take_over(app: Flask) -> None:
    version = receive(make_deck("One\nold"))
    asset = again(version).asset
    deck = make_deck("One\nnew")
    received = operations.receive(io.BytesIO(deck[: len(deck) // 2]), "v2.pptx")
    operations.add_version(asset, received, by=asset.owner, at=now())
    db.session.commit()
    db.session.expire_all()
    assert [each.state for each in asset.versions] == [ReadingState.FAILED, ReadingState.READY]
    assert asset.current_version_id == version.id


def test_search_learns_of_the_text_and_not_of_each_picture(app: Flask, no_queue: None) -> None:
    version = receive(make_deck(*[f"Page {n}\nwords" for n in range(6)]))
    before = again(version).asset.revision
    jobs.read_version(version.id)
    assert again(version).asset.revision - before <= 2


def test_the_jobs_page_shows_failures_and_tries_again(app: Flask, visitor: Visitor) -> None:
    deck = make_deck("One\nword")
    version = again(receive(deck[: len(deck) // 2], "broken.pptx"))
    admin = visitor.as_(make_person(Role.ADMIN))
    page = admin.get("/admin/jobs")
    assert "broken.pptx" in page.text
    assert (version.error or "?") in page.text
    db.session.execute(update(AssetVersion).values(error="Something older."))
    db.session.commit()
    answer = admin.post(f"/admin/jobs/{version.id}/retry", follow_redirects=True)
    assert answer.status_code == 200
    assert again(version).error != "Something older."
    assert visitor.as_(make_person(Role.REP)).get("/admin/jobs").status_code == 403
