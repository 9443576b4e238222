"""Any file gets its answer; outlines and drafts find what is there; uploads are compared."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from collateral.adaptations import building, uploads
from collateral.adaptations.jobs_prints import index_version
from collateral.adaptations.models import Adaptation, FileCheck
from collateral.assets import operations as assets
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.search.jobs import index_pending
from collateral.usage import operations as usage
from tests.adaptations import decks
from tests.adaptations.arranged import Scene, publish, read_all
from tests.adaptations.test_lineage import made_deck
from tests.factories import make_asset, make_person, make_team
from tests.support import Visitor

pytestmark = pytest.mark.either


def ask(scene: Scene, visitor: Visitor, data: bytes, name: str = "old.pptx") -> str:
    client = visitor.as_(scene.rep)
    sent = client.post("/current", data={"file": (io.BytesIO(data), name)})
    assert sent.status_code == 303
    return client.get(sent.location).text


def renew(scene: Scene) -> None:
    """Version 2: page 2 in other words, page 5 gone."""
    pages = decks.slides()
    pages[1] = decks.Slide("Every stop costs three times", pages[1].text)
    del pages[4]
    scene.renew(pages)
    read_all()


def test_the_very_file_is_told_apart_from_the_current_one(scene: Scene, visitor: Visitor) -> None:
    assert "It is current." in ask(scene, visitor, decks.master())
    renew(scene)
    answer = ask(scene, visitor, decks.master())
    assert "Version 1 of" in answer
    assert "Version 2 is offered now." in answer


def test_pages_of_an_older_version_are_out_of_date_one_by_one(
    scene: Scene, visitor: Visitor
) -> None:
    renew(scene)

    answer = ask(scene, visitor, decks.deck(decks.slides()[:5]), "laptop.pptx")

    assert "Made from" in answer
    assert "2 pages are out of date." in answer
    assert "page 2 of “The cost of unplanned downtime” has changed since" in answer
    assert "page 5 of “The cost of unplanned downtime” is no longer in it" in answer


def test_a_foreign_or_hidden_file_is_not_from_the_library(scene: Scene, visitor: Visitor) -> None:
    foreign = [decks.Slide(f"Cold chain {n}", f"Vans at {n} degrees") for n in range(3)]
    assert "Not from the library" in ask(scene, visitor, decks.deck(foreign), "foreign.pptx")
    scene.master.teams = [make_team()]
    db.session.commit()
    assert "Not from the library" in ask(scene, visitor, decks.adapted(), "hidden.pptx")


def test_a_file_that_shares_one_page_is_not_from_the_library_and_says_so(
    scene: Scene, visitor: Visitor
) -> None:
    for seed in range(6):
        other = make_asset(pages=[page.boxes[0] for page in made_deck(seed, 4)])
        index_version(other.current_version_id or 0)
    foreign = [
        decks.Slide(f"Cold chain {n}", f"Vans at {n} degrees carry vaccine over pass {n}")
        for n in range(4)
    ]
    data = decks.deck([*foreign[:2], decks.slides()[3], *foreign[2:]])

    answer = ask(scene, visitor, data, "own.pptx")

    assert "Not from the library" in answer
    assert "Some of its pages are known here" in answer
    assert "page 4 of “The cost of unplanned downtime”" in answer
    adaptation = scene.hand_in(data, "own.pptx")
    assert adaptation.asset_id is None
    assert [source.borrowed for source in adaptation.sources] == [True]
    confirming = visitor.as_(scene.rep).get(f"/adaptations/{adaptation.id}").text
    assert "1 page borrowed from" in " ".join(confirming.split())


def test_a_broken_file_is_answered_with_a_sentence_and_let_go(
    scene: Scene, visitor: Visitor
) -> None:
    answer = ask(scene, visitor, decks.adapted()[:5000], "broken.pptx")

    assert "damaged" in answer
    check = db.session.query(FileCheck).one()
    assert check.sha256 is None


@pytest.mark.parametrize(
    ("outline", "points"),
    [
        ("1. What downtime costs\n- What downtime costs\n\n• Payback\n  a) 2024\n", 2),
        ("", 0),
        ("-\n...\n12\n", 0),
    ],
)
def test_an_outline_becomes_its_points(outline: str, points: int) -> None:
    assert len(building.points(outline)) == points


def test_an_outline_finds_pages_and_a_draft_finds_itself(scene: Scene, visitor: Visitor) -> None:
    index_pending()
    client = visitor.as_(scene.rep)

    outline = "Payback in months\nUnicorn stables"
    page = client.get("/before-you-build", query_string={"outline": outline}).text

    assert "The cost of unplanned downtime" in page
    assert "nothing yet" in page
    sent = client.post(
        "/before-you-build", data={"file": (io.BytesIO(decks.adapted()), "draft.pptx")}
    )
    draft = client.get(sent.location).text
    assert "this very page" in draft
    assert "this page, changed" in draft


def test_of_what_an_outline_finds_the_most_proven_comes_first(app: Flask) -> None:
    rep = make_person()
    for title in ("Payback of pumps", "Payback of pumps", "Pumps, seals, payback and all"):
        make_asset(title)
    db.session.commit()
    index_pending()

    def found() -> list[int]:
        [point] = building.found_for(rep, ["payback of pumps"])
        return [hit.asset.id for hit in point.hits]

    before = found()
    assert len(before) == 3
    last = db.session.get_one(Asset, before[-1])
    won = Deal(
        external_id="1",
        name="Pilot",
        owner_id=rep.id,
        owner_email=rep.email,
        outcome=Outcome.WON,
        closed_on=now().date(),
    )
    db.session.add(won)
    usage.declare_use(last, won, by=rep, at=now())
    db.session.commit()
    index_pending()
    assert found() == [before[-1], *before[:-1]]


def test_an_upload_that_looks_like_another_asset_says_so(scene: Scene, visitor: Visitor) -> None:
    made = assets.create_asset(
        assets.receive(io.BytesIO(decks.adapted()), "upload.pptx"), by=scene.marketer, at=now()
    )
    db.session.commit()
    read_all()
    version = made.current_version
    assert version is not None
    client = visitor.as_(scene.marketer)

    near = uploads.near(scene.marketer, [version.id])[version.id]

    assert (near.asset.id, near.pages, near.of_pages) == (scene.master.id, 5, 6)
    assert "This looks like 5 of 6 pages of" in client.get(f"/upload?ids={version.id}").text
    client.post(f"/assets/{made.id}/origin?answer=adaptation")
    adaptation = db.session.query(Adaptation).filter_by(person_id=scene.marketer.id).one()
    assert adaptation.named_asset_id == scene.master.id
    assert uploads.near(scene.marketer, [version.id]) == {}


def test_an_upload_of_something_new_looks_like_nothing(scene: Scene) -> None:
    foreign = [decks.Slide(f"Cold chain {n}", f"Vans at {n} degrees and below") for n in range(3)]

    made = publish(decks.deck(foreign), by=scene.marketer, title="Cold chain")

    assert uploads.near(scene.marketer, [made.current_version_id or 0]) == {}
