"""A rep's file is read, traced, confirmed by her, and handed on or kept."""

from __future__ import annotations

from collateral.adaptations import queries
from collateral.adaptations.lineage import Change
from collateral.assets.models import ReadingState
from tests.adaptations.arranged import Scene


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
