"""`collateral ingest` and `collateral check`."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from collateral.accounts.models import Role
from collateral.assets.check import Finding, findings
from collateral.assets.commands import check, ingest
from collateral.assets.models import Asset, Page, ReadingState, Status
from collateral.clock import later
from collateral.db import db
from collateral.storage import storage
from tests.assets.files import make_deck
from tests.factories import make_asset, make_person


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six files: two decks, one of them twice, one damaged, one lying, one empty."""
    made = tmp_path / "drop"
    (made / "more").mkdir(parents=True)
    deck = make_deck("One\nword")
    (made / "deck.pptx").write_bytes(deck)
    (made / "more" / "copy.pptx").write_bytes(deck)
    (made / "more" / "words.txt").write_text("Some words")
    (made / "broken.pptx").write_bytes(deck[:2000])
    (made / "lying.png").write_text("<!doctype html><html><body>x</body></html>")
    (made / "empty.txt").write_bytes(b"")
    (made / ".hidden").write_text("left out")
    return made


def run(app: Flask, command: Any, *arguments: str) -> Any:
    db.session.rollback()
    return app.test_cli_runner().invoke(command, list(arguments), obj=None)


def test_ingest_sees_every_file_to_its_end(app: Flask, folder: Path) -> None:
    owner = make_person(Role.MARKETER, email="ines@example.com")
    answer = run(app, ingest, str(folder), "--owner", "ines@example.com", "--publish", "--json")
    told = json.loads(answer.stdout)
    ends = {Path(each["path"]).name: each["end"] for each in told["files"]}
    assert ends == {
        "deck.pptx": "ready",
        "copy.pptx": "already here",
        "words.txt": "ready",
        "broken.pptx": "failed",
        "lying.png": "refused",
        "empty.txt": "refused",
    }
    assert all(each["why"] for each in told["files"] if each["end"] != "ready")
    assert answer.exit_code == 1  # not all were taken
    assets = db.session.query(Asset).all()
    assert {asset.owner_id for asset in assets} == {owner.id}
    assert {asset.title: asset.status for asset in assets}["deck"] is Status.PUBLISHED


def test_ingest_prints_a_table_and_says_when_all_went_well(app: Flask, folder: Path) -> None:
    make_person(Role.ADMIN)
    answer = run(app, ingest, str(folder / "deck.pptx"), str(folder / "more" / "words.txt"))
    assert answer.exit_code == 0
    assert "deck.pptx  ready" in answer.stdout
    assert "2 ready" in answer.stdout


def test_ingest_needs_somebody(app: Flask, folder: Path) -> None:
    answer = run(app, ingest, str(folder))
    assert answer.exit_code == 1
    assert "There is nobody here yet" in answer.output


def kinds(**how: Any) -> list[str]:
    found = [finding.kind for finding in findings(patience=0, **how)]
    return [kind for kind in found if kind != "not_searchable"]


def repair(kind: str) -> None:
    found: list[Finding] = [each for each in findings(patience=0) if each.kind == kind]
    assert found
    for finding in found:
        assert finding.repair is not None
        finding.repair()
    db.session.commit()


def test_a_library_in_order_has_no_findings(app: Flask) -> None:
    make_asset()
    assert kinds(deep=True) == []


def test_check_finds_a_missing_and_a_damaged_file(app: Flask) -> None:
    gone, cut, changed = (make_asset().versions[0] for _ in range(3))
    storage().delete(gone.sha256)
    path = storage().path(cut.sha256)  # type: ignore[attr-defined]
    path.write_bytes(b"short")
    path = storage().path(changed.sha256)  # type: ignore[attr-defined]
    path.write_bytes(path.read_bytes()[::-1])
    assert kinds() == ["file_missing", "file_damaged"]
    assert kinds(deep=True) == ["file_missing", "file_damaged", "file_damaged"]


def test_check_mends_previews_that_are_gone(app: Flask, folder: Path) -> None:
    make_person(Role.ADMIN)
    run(app, ingest, str(folder / "deck.pptx"))
    page = db.session.query(Page).one()
    assert page.preview_320
    storage().delete(page.preview_320)
    assert kinds() == ["preview_missing"]
    repair("preview_missing")
    assert kinds() == []


def test_check_mends_what_is_stuck(app: Flask) -> None:
    version = make_asset().versions[0]
    version.state, version.read_started_at = ReadingState.READING, version.created_at
    db.session.commit()
    assert kinds() == []
    with later(timedelta(hours=1)):
        assert kinds() == ["version_stuck"]
        repair("version_stuck")
        assert kinds() == []


def test_check_mends_an_asset_without_a_current_version(app: Flask) -> None:
    asset = make_asset()
    asset.current_version_id = None
    db.session.commit()
    assert kinds() == ["no_current_version"]
    repair("no_current_version")
    db.session.expire_all()
    assert asset.current_version_id == asset.versions[0].id


def test_check_finds_what_search_does_not_know(app: Flask) -> None:
    asset = make_asset()
    db.session.execute(
        Asset.__table__.update().values(indexed_revision=Asset.__table__.c.revision)  # type: ignore[attr-defined]
    )
    db.session.commit()
    assert [each.kind for each in findings(patience=0)] == []
    db.session.execute(
        Asset.__table__.update().values(revision=Asset.__table__.c.revision + 1)  # type: ignore[attr-defined]
    )
    db.session.commit()
    found = list(findings(patience=0))
    assert [(each.kind, each.about) for each in found] == [("not_searchable", f"asset {asset.id}")]


def test_check_removes_files_of_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from collateral.assets import blobs

    orphan = storage().put(io.BytesIO(b"nobody's")).sha256
    assert kinds() == []  # a row may be about to name it
    store = storage()
    monkeypatch.setattr(store, "kept_at", lambda _sha256: 0.0)
    assert kinds() == ["orphan_file"]
    repair("orphan_file")
    assert store.size(orphan) is None
    assert blobs.AGE == 3600


def test_the_command_says_whether_all_agrees(app: Flask) -> None:
    asset = make_asset()
    version = asset.versions[0]
    storage().delete(version.sha256)
    bad = run(app, check, "--json")
    assert bad.exit_code == 1
    told = json.loads(bad.stdout)
    assert not told["clean"]
    assert "file_missing" in {each["kind"] for each in told["findings"]}
