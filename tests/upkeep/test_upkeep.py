"""Checks, backups and mail, as an admin sees them."""

from __future__ import annotations

import html
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import AuditEntry, Person, Role
from collateral.assets.commands import check
from collateral.backup.verifying import verify
from collateral.clock import later, now
from collateral.db import db
from collateral.errors import Invalid
from collateral.storage import make_storage, storage
from collateral.upkeep import operations
from collateral.upkeep.commands import backup
from collateral.upkeep.models import UpkeepRun, Work, WorkState
from tests.factories import make_asset, make_person
from tests.support import SignedInClient, Visitor


@pytest.fixture
def chief(app: Flask) -> Person:
    return make_person(Role.ADMIN, name="Ada Chief", email="ada@example.com")


@pytest.fixture
def admin(app: Flask, chief: Person) -> SignedInClient:
    return Visitor(app).as_(chief)


def page_of(admin: SignedInClient, path: str) -> str:
    answer = admin.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def test_a_check_from_the_page_lists_what_is_wrong_and_what_to_do(admin: SignedInClient) -> None:
    whole, changed, gone = (make_asset(title).versions[0] for title in ("Whole", "Other", "Gone"))
    path = storage().path(changed.sha256)  # type: ignore[attr-defined]
    path.write_bytes(path.read_bytes()[::-1])
    storage().delete(gone.sha256)
    kept = storage().size(whole.sha256)
    before = page_of(admin, "/admin/storage")
    assert "Not checked yet" in before
    assert str(storage().root) in before  # type: ignore[attr-defined]
    assert admin.post("/admin/storage/check").status_code == 303
    said = page_of(admin, "/admin/storage")
    assert "Gone, version 1" in said
    assert "Upload the file as a new version" in said
    assert "Other, version 1" not in said  # as long as before: only reading it tells
    run = db.session.scalars(select(UpkeepRun)).one()
    assert run.detail["kinds"]["file_missing"] == 1
    assert (run.detail["originals"], run.detail["deep"]) == (2, False)
    assert kept
    assert run.detail["originals_bytes"] >= kept
    assert admin.post("/admin/storage/check", data={"deep": "1"}).status_code == 303
    said = page_of(admin, "/admin/storage")
    assert "Other, version 1" in said
    assert "Ada Chief" in said
    audited = select(func.count()).where(AuditEntry.action == "library.checked")
    assert db.session.scalar(audited) == 2


def test_a_check_by_command_stands_on_the_page(app: Flask, admin: SignedInClient) -> None:
    asset = make_asset("Unchosen")
    asset.current_version_id = None
    db.session.commit()
    assert app.test_cli_runner().invoke(check, ["--repair"]).exit_code == 0
    said = page_of(admin, "/admin/storage")
    assert "An asset lacks its current version" in said
    assert "the command line" in said
    assert "mended" in said


def test_one_check_at_a_time_and_a_silent_one_is_given_up(
    admin: SignedInClient, chief: Person
) -> None:
    first = operations.begin_check(deep=False, by=chief, at=now())
    db.session.commit()
    assert "data-poll" in page_of(admin, "/admin/storage")
    admin.post("/admin/storage/check")
    assert "One is under way already." in page_of(admin, "/admin/storage")
    assert db.session.scalar(select(func.count()).select_from(UpkeepRun)) == 1
    with later(timedelta(minutes=11)):
        said = page_of(admin, "/admin/storage")
        assert "It was broken off: the process that did it ended." in said
        assert "data-poll" not in said
        admin.post("/admin/storage/check")
    db.session.refresh(first)
    states = db.session.scalars(select(UpkeepRun.state).order_by(UpkeepRun.id)).all()
    assert (first.state, states[-1]) == (WorkState.FAILED, WorkState.DONE)


def test_twenty_runs_are_kept_and_the_last_good_one(chief: Person) -> None:
    good = operations.note_failed_backup("x", "", began=now(), at=now())
    good.state = WorkState.DONE
    for _ in range(25):
        operations.note_failed_backup("The disk is full.", "", began=now(), at=now())
    db.session.commit()
    runs = db.session.scalars(select(UpkeepRun.id).where(UpkeepRun.work == Work.BACKUP)).all()
    assert len(runs) == 21
    assert good.id in runs


def test_a_bucket_is_named_without_any_secret(
    app: Flask, admin: SignedInClient, tmp_path: Path
) -> None:
    app.extensions["storage"] = make_storage(
        "s3://decks?endpoint=https://key:very-secret@store.example:9000&prefix=sales", tmp_path
    )
    said = page_of(admin, "/admin/storage")
    assert "decks/sales" in said
    assert "store.example:9000" in said
    assert "very-secret" not in said
    assert "Free room" not in said


def test_a_backup_is_verified_and_told_and_asked_for_after_a_week(
    app: Flask, admin: SignedInClient, chief: Person, tmp_path: Path
) -> None:
    make_asset()
    operations.begin_check(deep=False, by=chief, at=now())  # the first entry of the trail
    db.session.commit()
    run = app.test_cli_runner().invoke
    assert "No backup yet" in page_of(admin, "/admin/backup")
    assert "No backup for a week" not in page_of(admin, "/admin/people")
    with later(timedelta(days=8)):
        then = Visitor(app).as_(chief)
        assert "None was ever made here." in page_of(then, "/admin/backup")
        assert "No backup for a week" in page_of(then, "/admin/people")
    file = tmp_path / "library.tar.gz"
    assert run(backup, [str(file), "--verify"]).exit_code == 0
    said = page_of(admin, "/admin/backup")
    assert str(file) in said
    assert "Read again and whole" in said
    assert "No backup for a week" not in said
    # One that could not be made says why, and the good one stays.
    assert run(backup, [str(tmp_path / "nowhere" / "x.tar")]).exit_code != 0
    said = page_of(admin, "/admin/backup")
    assert "The last backup failed" in said
    assert "No such file" in said
    assert str(file) in said
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "library.backed_up")
    ).one()
    assert (entry.detail["verified"], entry.detail["bytes"]) == (True, file.stat().st_size)
    with later(timedelta(days=8)):
        assert "No backup for a week" in page_of(Visitor(app).as_(chief), "/admin/backup")


def test_a_damaged_backup_is_not_verified(app: Flask, tmp_path: Path) -> None:
    stored = make_asset().versions[0].sha256
    file = tmp_path / "library.tar"
    assert app.test_cli_runner().invoke(backup, [str(file)]).exit_code == 0
    assert verify(file) >= 3  # about it, the database, the file
    whole = file.read_bytes()
    at = whole.index(f"files/{stored}".encode()) + 512  # its first byte is behind its head
    changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    for bad in (changed, whole[:at], whole[: len(whole) // 2], b"no tar at all" * 100):
        file.write_bytes(bad)
        with pytest.raises(Invalid):
            verify(file)
    again = app.test_cli_runner().invoke(backup, [str(file), "--verify"])
    assert again.exit_code == 0


def test_a_test_mail_is_written_where_no_server_is_set(
    app: Flask, admin: SignedInClient, chief: Person
) -> None:
    said = page_of(admin, "/admin/mail")
    assert "No mail leaves this machine" in said
    assert admin.post("/admin/mail/try").status_code == 303
    said = page_of(admin, "/admin/mail")
    assert f"The mail to {chief.email} was written as a file." in said
    folder = app.extensions["settings"].home / "mail"
    assert [path.suffix for path in folder.iterdir()] == [".eml"]
    assert db.session.scalars(select(AuditEntry.action)).all().count("mail.tried") == 1


def test_a_server_that_is_not_there_is_told_without_its_password(
    app: Flask, admin: SignedInClient
) -> None:
    settings = app.extensions["settings"]
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        port = nobody.getsockname()[1]
        url = f"smtp://postman:very-secret@127.0.0.1:{port}"
        app.extensions["settings"] = replace(settings, mail_url=url)
        admin.post("/admin/mail/try")
        said = page_of(admin, "/admin/mail")
    assert f"127.0.0.1:{port}" in said
    assert "The test mail did not go out" in said
    assert said.count("The mail server cannot be reached: Connection refused") == 2
    assert "very-secret" not in said
    assert "postman" not in said
    assert "Others went out since." not in said
    app.extensions["settings"] = settings
    admin.post("/admin/mail/try")
    assert "Others went out since." in page_of(admin, "/admin/mail")
