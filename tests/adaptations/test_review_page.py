"""The page on which a reviewer decides on an adaptation."""

from __future__ import annotations

from collateral.adaptations import reviewing
from collateral.clock import now
from collateral.db import db
from tests.adaptations.arranged import Scene
from tests.support import Visitor, assert_labels_lead_to_fields


def test_words_pictures_and_notes_stand_side_by_side(scene: Scene, visitor: Visitor) -> None:
    adaptation = scene.submit()

    page = visitor.as_(scene.marketer).get(f"/adaptations/{adaptation.id}").text

    for text in ("<del>€14,200</del>", "<ins>£9,600</ins>", "sheet__marks--was", "was dropped"):
        assert text in page
    assert "Ask for the figures of the pump" in page.replace("</ins>", "").replace("<ins>", "")


def test_a_name_full_of_markup_stays_text(scene: Scene, visitor: Visitor) -> None:
    adaptation = scene.submit(title='"><img src=x onerror=alert(1)>')
    reviewing.comment(adaptation, "<script>alert(2)</script>", by=scene.rep, at=now(), page=2)
    db.session.commit()

    page = visitor.as_(scene.marketer).get(f"/adaptations/{adaptation.id}").text

    assert "<img src=x" not in page
    assert "<script>alert" not in page


def test_each_label_leads_to_its_own_field(scene: Scene, visitor: Visitor) -> None:
    adaptation = scene.submit()
    page = visitor.as_(scene.marketer).get(f"/adaptations/{adaptation.id}").text
    assert "Merge into the next version" in page
    assert_labels_lead_to_fields(page)
