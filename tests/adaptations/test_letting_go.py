"""What a dead worker left is given back, what was only asked about goes, and what is deleted for
good leaves no words behind."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from collateral.accounts.models import Role
from collateral.adaptations import asking, jobs_adaptations, jobs_prints
from collateral.adaptations.models import Adaptation, AdaptationPage, FileCheck, Purpose
from collateral.adaptations.models_prints import PrintFile, PrintPage
from collateral.assets import operations as assets
from collateral.assets.models import ReadingState
from collateral.clock import now
from collateral.db import db
from collateral.retirement import erasing
from collateral.retirement import operations as retirement
from collateral.storage import storage
from tests.adaptations import decks
from tests.adaptations.arranged import Scene
from tests.factories import make_person
from tests.support import Visitor

LET_GO = [
    (Adaptation, jobs_adaptations.let_adaptation_go),
    (FileCheck, jobs_adaptations.let_check_go),
]


def asked(scene: Scene, data: bytes) -> FileCheck:
    """A file that she asked about, and its answer."""
    received = assets.receive(io.BytesIO(data), "laptop.pptx")
    check = asking.ask(received, Purpose.CURRENT, by=scene.rep, at=now())
    db.session.commit()
    db.session.expire_all()
    return check


def waiting(scene: Scene, model: type[Adaptation | FileCheck]) -> Adaptation | FileCheck:
    row = scene.hand_in() if model is Adaptation else asked(scene, decks.adapted())
    row.state, row.attempts, row.read_started_at = ReadingState.READING, 1, now()
    db.session.commit()
    return row


@pytest.mark.parametrize(("model", "let_go"), LET_GO)
def test_what_a_dead_worker_was_reading_is_read_again_and_the_third_time_no_more(
    scene: Scene, model: type[Adaptation | FileCheck], let_go: object
) -> None:
    assert callable(let_go)
    row = waiting(scene, model)
    states = []
    for attempt in (1, 2, 3):
        row.state, row.attempts = ReadingState.READING, attempt
        db.session.commit()
        let_go(row.id)
        db.session.expire_all()
        states.append(row.state)
    assert states == [ReadingState.RECEIVED, ReadingState.RECEIVED, ReadingState.FAILED]
    assert "3 times" in (row.error or "")
    row.state, row.error = ReadingState.READY, None
    db.session.commit()
    let_go(row.id)
    let_go(row.id + 1)  # removed since
    db.session.expire_all()
    assert row.state is ReadingState.READY


@pytest.mark.parametrize("model", [Adaptation, FileCheck])
def test_a_busy_database_puts_it_off(scene: Scene, model: type[Adaptation | FileCheck]) -> None:
    row = waiting(scene, model)

    def busy(_row_id: int, _folder: Path) -> None:
        raise OperationalError("update", {}, Exception("database is locked"))

    jobs_adaptations._guarded(model, row.id, busy)
    assert row.state is ReadingState.RECEIVED
    row.attempts = jobs_adaptations.ATTEMPTS
    db.session.commit()
    jobs_adaptations._guarded(model, row.id, busy)
    assert row.state is ReadingState.FAILED
    assert "not the file's" in (row.error or "")


@pytest.mark.parametrize("model", [Adaptation, FileCheck])
def test_what_has_not_moved_for_longer_than_reading_takes_is_given_back(
    scene: Scene, model: type[Adaptation | FileCheck]
) -> None:
    row = waiting(scene, model)
    jobs_adaptations.give_back(now())
    assert row.state is ReadingState.READING
    jobs_adaptations.give_back(now() + jobs_adaptations.LEASE + timedelta(seconds=1))
    assert row.state is ReadingState.RECEIVED


def test_a_file_that_was_only_asked_about_goes_and_one_that_is_named_stays(scene: Scene) -> None:
    foreign = decks.deck([decks.Slide("Cold chain", "Vans at eight degrees and no warmer")])
    for data in (foreign, decks.master()):
        check = asked(scene, data)
        assert (check.state, check.sha256) == (ReadingState.READY, None)
    assert storage().kept_at(hashlib.sha256(foreign).hexdigest()) is None
    assert storage().kept_at(hashlib.sha256(decks.master()).hexdigest()) is not None


def test_an_answer_is_kept_for_a_week(scene: Scene) -> None:
    old, young = asked(scene, decks.adapted()), asked(scene, decks.adapted())
    old.created_at = now() - jobs_adaptations.ANSWERS_KEPT - timedelta(minutes=1)
    db.session.commit()
    kept = young.id
    jobs_adaptations.forget_checks()
    assert list(db.session.scalars(select(FileCheck.id))) == [kept]


def test_a_master_that_is_deleted_for_good_leaves_its_adaptation_and_no_words(
    scene: Scene, visitor: Visitor
) -> None:
    adaptation = scene.submit()
    admin = make_person(Role.ADMIN)
    retirement.retire(scene.master, by=scene.marketer, at=now(), reason="Rights lapsed")
    scene.master.retired_at = now() - timedelta(days=erasing.HOLDING_DAYS)
    db.session.commit()

    erasing.erase(
        scene.master, by=admin, at=now(), reason="Rights lapsed", title=scene.master.title
    )
    db.session.commit()

    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(PrintPage)) == 0
    assert jobs_prints.behind(0, 10) == []
    jobs_prints.index_version(scene.master.versions[0].id)
    assert db.session.scalar(select(func.count()).select_from(PrintFile)) == 0
    assert not any(db.session.scalars(select(AdaptationPage.wordings)))
    assert [page.source_page for page in adaptation.pages] == [1, 2, 3, 5, 6, None]
    for person in (scene.rep, scene.marketer):
        page = visitor.as_(person).get(f"/adaptations/{adaptation.id}?all=1")
        assert page.status_code == 200
        assert "£9,600" in page.text
        assert "€14,200" not in page.text
    assert (asked(scene, decks.adapted()).found or {})["match"] == "none"


def test_a_maker_who_left_is_still_named_and_her_pages_are_merged(
    scene: Scene, visitor: Visitor
) -> None:
    adaptation = scene.submit()
    scene.rep.active, scene.marketer.locale = False, "de"
    db.session.commit()

    client = visitor.as_(scene.marketer)
    client.post(f"/adaptations/{adaptation.id}/merge", data={"page": ["3"]})

    db.session.expire_all()
    assert adaptation.merged_version is not None, adaptation.merge_sentence
    assert adaptation.merged_version.changes == f"Seite 3 aus „{adaptation.title}“ von Daniel Kerr."
    assert "Daniel Kerr" in client.get(f"/adaptations/{adaptation.id}").text
