"""A rep's file is read, traced, confirmed by her, and handed on or kept."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from collateral.accounts.models import Role
from collateral.adaptations import operations, queries, submitting
from collateral.adaptations.models import Adaptation, Status
from collateral.adaptations.operations import Answers
from collateral.adaptations.relations import Change
from collateral.adaptations.turns import DecidedMeanwhile
from collateral.assets import blobs
from collateral.assets.models import ReadingState
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid, NotFound, WrongState
from tests.adaptations import decks
from tests.adaptations.arranged import Scene, publish
from tests.factories import make_person, make_team
from tests.support import Visitor

pytestmark = pytest.mark.either


def test_a_file_of_any_name_finds_its_source_page_by_page(scene: Scene) -> None:
    adaptation = scene.hand_in()

    assert adaptation.state is ReadingState.READY
    assert adaptation.asset_id == scene.master.id
    assert adaptation.confidence > 0.9
    assert [page.change for page in adaptation.pages] == [
        Change.SAME, Change.EDITED, Change.EDITED, Change.SAME, Change.SAME, Change.NEW,
    ]  # fmt: skip
    assert [page.source_page for page in adaptation.pages] == [1, 2, 3, 5, 6, None]
    assert queries.dropped(adaptation) == [4]
    second = adaptation.pages[1]
    assert ["€14,200", "£9,600"] in second.wordings
    assert second.regions is not None
    assert second.regions["was"]
    assert second.regions["now"]
    assert "notes" in adaptation.pages[2].what


def test_what_its_maker_may_not_see_is_no_source(scene: Scene) -> None:
    scene.master.teams = [make_team()]
    db.session.commit()

    adaptation = scene.hand_in(decks.deck(decks.slides()[:4]), "excerpt.pptx")

    assert adaptation.asset_id is None
    assert {page.change for page in adaptation.pages} == {Change.NEW}


def test_she_corrects_the_source_and_the_pages_are_traced_anew(scene: Scene) -> None:
    others = [
        decks.Slide(f"Cold chain {n}", f"Vans at {n} degrees and no warmer") for n in range(4)
    ]
    other = publish(decks.deck(others), by=scene.marketer, title="Cold chain")
    adaptation = scene.hand_in()

    operations.confirm(adaptation, Answers(asset=other), by=scene.rep, at=now())

    assert adaptation.asset_id == other.id
    assert {page.change for page in adaptation.pages} == {Change.NEW}
    operations.confirm(adaptation, Answers(asset=scene.master), by=scene.rep, at=now())
    assert adaptation.asset_id == scene.master.id
    assert adaptation.pages[1].change is Change.EDITED


def test_confirming_keeps_it_private_until_it_is_submitted(scene: Scene) -> None:
    adaptation = scene.hand_in()
    answers = Answers(title="For water", reasons=["too_long"], minutes=130)

    operations.confirm(adaptation, answers, by=scene.rep, at=now())
    db.session.commit()

    assert adaptation.status is Status.PRIVATE
    with pytest.raises(NotFound):
        queries.get_visible(scene.marketer, adaptation.id)
    submitting.submit(adaptation, by=scene.rep, at=now())
    db.session.commit()
    assert queries.get_visible(scene.marketer, adaptation.id).reasons == ["too_long"]
    assert [row.adaptation.id for row in queries.to_review(scene.marketer)] == [adaptation.id]
    submitting.take_back(adaptation, by=scene.rep, at=now())
    db.session.commit()
    assert queries.to_review(scene.marketer) == []


@pytest.mark.parametrize(
    "answers", [Answers(reasons=["because"]), Answers(minutes=-1), Answers(minutes=10**6)]
)
def test_answers_that_make_no_sense_are_refused(scene: Scene, answers: Answers) -> None:
    adaptation = scene.hand_in()

    with pytest.raises(Invalid):
        operations.confirm(adaptation, answers, by=scene.rep, at=now())


def test_a_form_that_is_older_than_the_row_overwrites_nothing(scene: Scene) -> None:
    adaptation = scene.hand_in()
    opened = adaptation.revision
    operations.confirm(adaptation, Answers(title="First"), by=scene.rep, at=now(), revision=opened)
    db.session.commit()

    with pytest.raises(DecidedMeanwhile):
        operations.confirm(
            adaptation, Answers(title="Second"), by=scene.rep, at=now(), revision=opened
        )
    db.session.rollback()
    assert adaptation.title == "First"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("broken.pptx", decks.adapted()[:9000]),
        ("noise.pptx", b"PK\x03\x04" + bytes(range(256)) * 20),
        ("page.pdf", b"%PDF-1.7\n" + b"1 0 obj << /Kids [1 0 R] >> endobj\n" * 50),
    ],
)
def test_a_broken_file_ends_in_a_sentence_and_nothing_is_lost(
    scene: Scene, visitor: Visitor, name: str, data: bytes
) -> None:
    client = visitor.as_(scene.rep)

    sent = client.post("/adaptations/file", data={"file": (io.BytesIO(data), name)})

    if sent.status_code == 400:  # its content contradicts its name: refused before it is kept
        assert "PowerPoint" in sent.text
        assert db.session.query(Adaptation).count() == 1
        return
    assert sent.status_code == 303
    page = client.get(sent.location)
    assert "could not be read" in page.text
    adaptation = db.session.query(Adaptation).filter_by(filename=name).one()
    assert adaptation.state is ReadingState.FAILED
    assert adaptation.error
    assert adaptation.error in page.text
    assert client.get(f"{sent.location}/file", buffered=True).data == data
    with pytest.raises(WrongState):
        operations.confirm(adaptation, Answers(submit=True), by=scene.rep, at=now())


def test_hostile_files_end_in_a_sentence(scene: Scene, real_files: object) -> None:
    from pathlib import Path

    for path in sorted((Path(str(real_files)) / "hostile").iterdir())[:12]:
        if path.is_file() and path.stat().st_size:
            try:
                adaptation = scene.hand_in(path.read_bytes(), path.name)
            except Invalid as refused:
                assert refused.sentence
                continue
            assert adaptation.state in (ReadingState.READY, ReadingState.FAILED)
            assert adaptation.state is ReadingState.READY or adaptation.error


def test_an_empty_file_is_refused_with_a_sentence(scene: Scene, visitor: Visitor) -> None:
    answer = visitor.as_(scene.rep).post(
        "/adaptations/file", data={"file": (io.BytesIO(b""), "empty.pptx")}
    )

    assert answer.status_code == 400
    assert "The file is empty." in answer.text


def test_the_same_file_again_is_the_same_adaptation(scene: Scene) -> None:
    assert scene.hand_in().id == scene.hand_in(name="again.pptx").id


def test_its_file_and_pictures_are_not_swept_away(scene: Scene) -> None:
    adaptation = scene.hand_in()
    kept = {adaptation.sha256, *(page.preview_320 or "" for page in adaptation.pages)}

    assert blobs.named(kept) == kept
    assert kept.isdisjoint(set(blobs.orphans(older_than=-10)))


def test_a_private_one_is_removed_with_all_that_belongs_to_it(scene: Scene, app: Flask) -> None:
    del app
    adaptation = scene.hand_in()

    operations.remove(adaptation, by=scene.rep)
    db.session.commit()

    assert db.session.query(Adaptation).count() == 0


def test_what_is_refused_is_said_in_the_readers_language(scene: Scene, visitor: Visitor) -> None:
    adaptation = scene.submit()
    scene.rep.locale = "de"
    db.session.commit()
    client, url = visitor.as_(scene.rep), f"/adaptations/{adaptation.id}"

    assert "Sie wurde schon eingereicht." in client.post(f"{url}/submit").text
    late = client.post(f"{url}/take-back", data={"revision": adaptation.revision - 1})
    assert "Nichts wurde überschrieben" in client.get(late.location).text


def test_a_rep_sees_nothing_of_another_rep(scene: Scene, visitor: Visitor) -> None:
    adaptation = scene.submit()
    other = visitor.as_(make_person(Role.REP))

    for path in ("", "/file", "/pages/1/preview-320.webp", "/edit"):
        assert other.get(f"/adaptations/{adaptation.id}{path}").status_code == 404
