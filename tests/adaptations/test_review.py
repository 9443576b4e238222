"""What marketing decides about an adaptation, what becomes of it, and who is told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from collateral.adaptations import queries, reviewing, submitting
from collateral.adaptations.jobs_adaptations import put_together
from collateral.adaptations.models import Merging, Status
from collateral.adaptations.turns import DecidedMeanwhile
from collateral.assets.models import Page
from collateral.assets.models import Status as AssetStatus
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid, WrongState
from collateral.notify.models import Notice
from collateral.storage import StoreAway, incoming, storage
from collateral.words import from_text
from tests.adaptations import decks
from tests.adaptations.arranged import Scene, read_all
from tests.factories import make_team
from tests.support import Visitor

pytestmark = pytest.mark.either


def told(person_id: int) -> list[str]:
    return list(
        db.session.scalars(
            select(Notice.kind).where(Notice.person_id == person_id).order_by(Notice.id)
        )
    )


def current_texts(scene: Scene) -> list[str]:
    """The titles of what the master offers, when every version has been read."""
    read_all()
    db.session.expire_all()
    rows = db.session.scalars(
        select(Page.title)
        .where(Page.version_id == scene.master.current_version_id)
        .order_by(Page.number)
    )
    return list(rows)


def test_chosen_pages_go_into_the_next_version_and_the_rep_is_credited(scene: Scene) -> None:
    adaptation = scene.submit()
    before = current_texts(scene)

    reviewing.merge(
        adaptation, [3, 6, -4], by=scene.marketer, at=now(), revision=adaptation.revision
    )
    db.session.commit()

    db.session.expire_all()
    assert adaptation.status is Status.MERGED
    assert adaptation.merging is Merging.DONE, adaptation.merge_sentence
    assert current_texts(scene) == [
        before[0], before[1], "Payback in eight months", before[4], before[5],
        "Pumping stations on the Severn",
    ]  # fmt: skip
    version = adaptation.merged_version
    assert version is not None
    assert version.number == 2
    assert "Daniel Kerr" in version.changes
    assert [(c.maker, c.pages) for c in queries.credits([version.id])] == [
        ("Daniel Kerr", [3, 6, -4])
    ]
    assert told(scene.rep.id) == ["adaptation_merged", "adaptation_version_made"]
    assert told(scene.marketer.id) == ["adaptation_submitted"]


def test_a_second_merge_finds_its_pages_in_the_version_that_the_first_made(scene: Scene) -> None:
    pages = decks.slides()
    pages[4] = decks.Slide("Your data stays in the dairy", pages[4].text, pages[4].notes)
    first = scene.submit()
    second = scene.submit(scene.hand_in(decks.deck(pages), "dairy.pptx"))
    reviewing.merge(first, [-4], by=scene.marketer, at=now(), revision=None)
    db.session.commit()
    read_all()

    reviewing.merge(second, [5], by=scene.second, at=now(), revision=None)
    db.session.commit()

    assert second.merging is Merging.DONE, second.merge_sentence
    assert current_texts(scene)[3] == "Your data stays in the dairy"


def test_a_move_is_merged_and_what_came_behind_the_moved_page_comes_behind_it(
    scene: Scene,
) -> None:
    pages = decks.slides()
    stops = decks.Slide("Every stop costs a pump", pages[1].text, pages[1].notes)
    new = decks.adapted_pages()[-1]
    order = [pages[0], pages[4], new, stops, pages[2], pages[3], pages[5]]
    adaptation = scene.submit(scene.hand_in(decks.deck(order), "reordered.pptx"))
    assert [page.number for page in adaptation.pages if page.moved] == [2]
    before = current_texts(scene)

    reviewing.merge(adaptation, [2, 3], by=scene.marketer, at=now(), revision=None)
    db.session.commit()

    assert adaptation.merging is Merging.DONE, adaptation.merge_sentence
    assert current_texts(scene) == [
        before[0], before[4], new.title, before[1], before[2], before[3], before[5],
    ]  # fmt: skip
    version = adaptation.merged_version
    assert version is not None
    assert "Page 5 moved" in version.changes


def test_an_edited_page_that_moved_brings_its_words_and_its_place(scene: Scene) -> None:
    pages = decks.slides()
    stops = decks.Slide("Every stop costs a pump", pages[1].text, pages[1].notes)
    order = [pages[0], pages[2], pages[3], pages[4], stops, pages[5]]
    adaptation = scene.submit(scene.hand_in(decks.deck(order), "reordered.pptx"))

    reviewing.merge(adaptation, [5], by=scene.marketer, at=now(), revision=None)
    db.session.commit()

    assert adaptation.merging is Merging.DONE, adaptation.merge_sentence
    assert current_texts(scene) == [page.title for page in order]


def test_where_it_cannot_be_put_together_the_new_file_is_asked_for(scene: Scene) -> None:
    from collateral.assets import operations as assets

    adaptation = scene.submit()
    changed = decks.slides()
    changed[1] = decks.Slide("Every stop costs three times", changed[1].text)
    import io

    scene.renew(changed)

    reviewing.merge(adaptation, [2], by=scene.marketer, at=now(), revision=None)
    db.session.commit()

    assert adaptation.merging is Merging.ASKS_FILE
    assert adaptation.merge_sentence is not None
    assert from_text(adaptation.merge_sentence) == (
        "Page 2 of the master has changed since it was adapted."
    )
    changed[1] = decks.Slide("Every stop costs a pump", changed[1].text)
    reviewing.take_version(
        adaptation,
        assets.receive(io.BytesIO(decks.deck(changed)), "made.pptx"),
        by=scene.marketer,
        at=now(),
    )
    db.session.commit()
    assert adaptation.merging is Merging.DONE
    assert adaptation.merged_version is not None
    assert adaptation.merged_version.number == 3
    assert adaptation.merged_pages == [2]


def test_why_it_could_not_be_put_together_is_said_in_the_readers_language(
    scene: Scene, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    adaptation = scene.submit()
    monkeypatch.setattr(incoming, "RESERVE", 1 << 62)  # no disk has so much
    reviewing.merge(adaptation, [2], by=scene.marketer, at=now(), revision=None)
    db.session.commit()
    monkeypatch.undo()
    assert adaptation.merging is Merging.ASKS_FILE
    page = f"/adaptations/{adaptation.id}"
    assert "The disk is almost full" in visitor.as_(scene.marketer).get(page).text
    scene.marketer.locale = "de"
    db.session.commit()
    told = visitor.as_(scene.marketer).get(page).text
    assert "Der Datenträger ist fast voll" in told
    assert "The disk" not in told


def test_while_the_store_is_away_a_merge_waits(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    adaptation = scene.submit()

    def away(_sha256: str) -> None:
        raise StoreAway

    monkeypatch.setattr(storage(), "local", away)
    reviewing.merge(adaptation, [2], by=scene.marketer, at=now(), revision=None)
    db.session.commit()
    monkeypatch.undo()
    assert adaptation.merging is Merging.WAITING
    put_together(adaptation.id)
    db.session.expire_all()
    assert adaptation.merging is Merging.DONE, adaptation.merge_sentence


def test_an_accepted_one_is_an_asset_of_its_own_under_its_source(scene: Scene) -> None:
    scene.master.teams = [team := make_team()]
    scene.rep.teams = [team]
    db.session.commit()
    adaptation = scene.submit()

    variant = reviewing.accept(adaptation, by=scene.marketer, at=now(), revision=None, text="Nice")
    db.session.commit()

    db.session.expire_all()
    assert variant.status is AssetStatus.PUBLISHED
    assert [t.id for t in variant.teams] == [team.id]
    assert variant.owner_id == scene.master.owner_id
    assert variant.current_version is not None
    assert variant.current_version.created_by_id == scene.rep.id
    found = queries.variants(scene.master.id, scene.rep)
    assert [(v.asset.id, v.maker.id) for v in found] == [(variant.id, scene.rep.id)]
    assert queries.origins([variant.id], scene.rep)[variant.id].asset.id == scene.master.id
    assert told(scene.rep.id) == ["adaptation_accepted"]


def test_declining_needs_a_reason_and_can_be_answered(scene: Scene) -> None:
    adaptation = scene.submit()
    with pytest.raises(Invalid):
        reviewing.decline(adaptation, "  ", by=scene.marketer, at=now(), revision=None)

    reviewing.decline(adaptation, "Too special", by=scene.marketer, at=now(), revision=None)
    db.session.commit()

    assert adaptation.status is Status.DECLINED
    assert told(scene.rep.id) == ["adaptation_declined"]
    submitting.submit(adaptation, by=scene.rep, at=now(), text="Three other utilities asked")
    db.session.commit()
    assert adaptation.status is Status.SUBMITTED
    assert [step.text for step in queries.steps(adaptation)] == [
        "", "Too special", "Three other utilities asked",
    ]  # fmt: skip


def test_one_page_is_declined_while_others_are_merged(scene: Scene) -> None:
    adaptation = scene.submit()

    reviewing.decline_page(
        adaptation, 2, "Those are their figures", by=scene.marketer, at=now(), revision=None
    )
    reviewing.merge(adaptation, [3, 6], by=scene.marketer, at=now(), revision=None)
    db.session.commit()

    steps = [(step.status, step.pages) for step in queries.steps(adaptation)]
    assert (Status.DECLINED, [2]) in steps
    assert adaptation.status is Status.MERGED


def test_two_reviewers_never_overwrite_each_other(scene: Scene, visitor: Visitor) -> None:
    adaptation = scene.submit()
    opened, url = adaptation.revision, f"/adaptations/{adaptation.id}"
    first, second = visitor.as_(scene.marketer), visitor.as_(scene.second)

    first.post(f"{url}/decline", data={"revision": opened, "reason": "Too special"})
    late = second.post(
        f"{url}/merge", data={"revision": opened, "page": ["2", "3"]}, follow_redirects=True
    )

    assert "Ines Duarte declined it" in late.text
    assert "Nothing was overwritten" in late.text
    db.session.expire_all()
    assert adaptation.status is Status.DECLINED
    assert adaptation.merged_pages == []
    with pytest.raises(DecidedMeanwhile):
        reviewing.accept(adaptation, by=scene.second, at=now(), revision=opened)


@pytest.mark.parametrize("pages", [[], [1], [99], [-1], [2, 99]])
def test_only_pages_that_differ_can_be_merged(scene: Scene, pages: list[int]) -> None:
    adaptation = scene.submit()

    with pytest.raises(Invalid):
        reviewing.merge(adaptation, pages, by=scene.marketer, at=now(), revision=None)


def test_what_is_private_is_not_decided_on(scene: Scene) -> None:
    adaptation = scene.hand_in()

    with pytest.raises(WrongState):
        reviewing.decline(adaptation, "No", by=scene.marketer, at=now(), revision=None)


def test_comments_stand_at_their_page_with_replies_and_the_others_are_told(scene: Scene) -> None:
    adaptation = scene.submit()
    said = reviewing.comment(adaptation, "Whose figures?", by=scene.marketer, at=now(), page=2)
    reviewing.comment(adaptation, "Ours.", by=scene.rep, at=now(), parent_id=said.id)
    reviewing.comment(adaptation, "Why gone?", by=scene.second, at=now(), page=-4)
    db.session.commit()

    places = [(c.page, c.parent_id, c.text) for c in queries.comments(adaptation)]
    assert places == [
        (2, None, "Whose figures?"), (2, said.id, "Ours."), (-4, None, "Why gone?"),
    ]  # fmt: skip
    assert told(scene.rep.id) == ["adaptation_commented", "adaptation_commented"]
    assert told(scene.marketer.id).count("adaptation_commented") == 2
    for page in (0, 7, -1):
        with pytest.raises(Invalid):
            reviewing.comment(adaptation, "Here?", by=scene.marketer, at=now(), page=page or 8)
    with pytest.raises(Invalid):
        reviewing.comment(adaptation, "x", by=scene.rep, at=now(), parent_id=10**6)
