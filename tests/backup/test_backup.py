"""A backup taken in use comes back elsewhere, checked file by file."""

from __future__ import annotations

import io
import tarfile
import threading
import uuid
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError

from collateral.accounts import audit, one_time, sessions, tokens
from collateral.accounts.models import (
    ApiToken,
    AuditEntry,
    OneTimeToken,
    Person,
    Role,
    SignInSession,
    TokenPurpose,
)
from collateral.assets.models import Asset, AssetVersion
from collateral.backup.restoring import restore
from collateral.backup.tables import known_revisions, schema_revision
from collateral.backup.taking import take, to_path
from collateral.clock import now
from collateral.db import db
from collateral.errors import Conflict, Invalid
from collateral.storage import storage
from tests.factories import make_asset, make_person, make_team


def taken(compress: bool = False) -> bytes:
    target = io.BytesIO()
    take(target, compress=compress)
    return target.getvalue()


@pytest.mark.parametrize("compress", [False, True])
def test_a_library_comes_back_elsewhere(app: Flask, elsewhere: Flask, compress: bool) -> None:
    team = make_team("Field")
    rep_id = make_person(Role.REP, name="Rosa", teams=[team]).id
    make_asset("The cost of downtime", teams=[team], tags=["cost"], pages=["One", "Two"])
    make_asset("Another")
    files, team_id = set(storage().names()), team.id
    backup = taken(compress)
    with elsewhere.app_context():
        restored = restore(io.BytesIO(backup))
        assert restored.files == len(files) == 2
        assert set(storage().names()) == files
        asset = db.session.scalars(select(Asset).where(Asset.title == "The cost of downtime")).one()
        assert asset.tags == ["cost"]
        assert [page.text for page in asset.versions[0].pages] == ["One", "Two"]
        assert [team.name for team in asset.teams] == ["Field"]
        person = db.session.get_one(Person, rep_id)
        assert (person.name, person.team_ids) == ("Rosa", {team_id})
        with storage().open(asset.versions[0].sha256) as file:
            assert b"The cost of downtime" in file.read()
        assert make_asset("A third").id > asset.id  # what is made next gets an id of its own


def test_t37_a_backup_during_writes_holds_every_file_that_its_rows_name(
    app: Flask, elsewhere: Flask
) -> None:
    make_asset("Before")
    stop = threading.Event()

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                make_asset(f"Written meanwhile {uuid.uuid4()}")

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        backups = [taken() for _ in range(3)]
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    with elsewhere.app_context():
        restore(io.BytesIO(backups[-1]))
        named = set(db.session.scalars(select(AssetVersion.sha256)))
        assert len(named) > 1
        assert named <= set(storage().names())
        for sha256 in named:
            with storage().open(sha256) as file:
                assert storage().put(file).sha256 == sha256


def test_nothing_is_restored_over_a_library_in_use(app: Flask) -> None:
    make_asset()
    backup = taken()
    with pytest.raises(Conflict, match="not empty"):
        restore(io.BytesIO(backup))


def test_a_backup_that_was_cut_off_leaves_nothing_behind(app: Flask, elsewhere: Flask) -> None:
    make_asset()
    backup = taken()
    with elsewhere.app_context():
        for length in (len(backup) // 2, len(backup) - 12_000, 100, 0):
            with pytest.raises(Invalid):
                restore(io.BytesIO(backup[:length]))
            assert list(storage().names()) == []
            assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_backup_with_other_bytes_in_a_file_is_refused(app: Flask, elsewhere: Flask) -> None:
    asset = make_asset("Tampered with")
    backup = bytearray(taken())
    with storage().open(asset.versions[0].sha256) as file:
        place = backup.find(file.read())
    backup[place] ^= 1
    with elsewhere.app_context():
        with pytest.raises(Invalid, match="other bytes"):
            restore(io.BytesIO(bytes(backup)))
        assert list(storage().names()) == []


def test_a_foreign_tar_is_refused(app: Flask, elsewhere: Flask) -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        member = tarfile.TarInfo("../../etc/passwd")
        tar.addfile(member, io.BytesIO())
    with elsewhere.app_context(), pytest.raises(Invalid, match="no backup"):
        restore(io.BytesIO(target.getvalue()))


def test_t37_sessions_and_links_end_and_tokens_where_asked(app: Flask, elsewhere: Flask) -> None:
    person = make_person(Role.ADMIN)
    with app.test_request_context():
        sessions.start(person, "a browser")
        one_time.issue(TokenPurpose.RESET, person, at=now())
        tokens.create(person, "script", ["read"], by=person, at=now())
        db.session.commit()
    backup = taken()
    with elsewhere.app_context():
        restored = restore(io.BytesIO(backup))
        assert restored.live_tokens == 1
        assert db.session.scalars(select(SignInSession)).all() == []
        assert db.session.scalars(select(OneTimeToken)).all() == []
        assert db.session.scalars(select(ApiToken)).one().revoked_at is None
        last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert last.action == "library.restored"


def test_t37_all_tokens_can_be_ended(app: Flask, elsewhere: Flask) -> None:
    person = make_person(Role.ADMIN)
    tokens.create(person, "script", ["read"], by=person, at=now())
    db.session.commit()
    backup = taken()
    with elsewhere.app_context():
        assert restore(io.BytesIO(backup), revoke_tokens=True).live_tokens == 0


def test_a_file_of_that_name_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "backup.tar"
    path.write_bytes(b"the last one")
    target = to_path(path)
    target.__enter__().write(b"half of")
    assert not target.__exit__(RuntimeError, RuntimeError("the disk went away"), None)
    assert path.read_bytes() == b"the last one"
    assert [p.name for p in tmp_path.iterdir()] == ["backup.tar"]
    with to_path(path) as file:
        file.write(b"the new one")
    assert path.read_bytes() == b"the new one"
    assert path.stat().st_mode & 0o777 == 0o600


def test_t29_the_audit_trail_is_guarded_and_whole_after_a_restore(
    app: Flask, elsewhere: Flask
) -> None:
    audit.record("asset.published", by=make_person(Role.ADMIN), kind="asset", id=1)
    db.session.commit()
    backup = taken()
    with elsewhere.app_context():
        restore(io.BytesIO(backup))
        assert audit.verify().broken is None
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(delete(AuditEntry))
        db.session.rollback()


def test_tables_are_made_at_the_backups_revision_and_brought_up_to_date(
    migrated: Flask, without_tables: Flask
) -> None:
    with migrated.app_context():
        make_asset("Kept")
        backup = taken()
        revision = schema_revision()
        assert revision == known_revisions()[0]
    with without_tables.app_context():
        restore(io.BytesIO(backup))
        assert schema_revision() == revision
        assert db.session.scalars(select(Asset.title)).all() == ["Kept"]
        assert make_asset("Another").id > 1


def test_tables_of_another_revision_are_not_filled(migrated: Flask, without_tables: Flask) -> None:
    with migrated.app_context():
        make_asset()
        db.session.execute(text("update alembic_version set version_num = '9999'"))
        db.session.commit()
        backup = taken()
    with without_tables.app_context():
        with pytest.raises(Invalid, match="does not know"):
            restore(io.BytesIO(backup))
        assert list(storage().names()) == []
