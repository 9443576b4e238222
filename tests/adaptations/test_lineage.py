"""Each page finds where it came from, through shortening, reordering, merging and edits."""

from __future__ import annotations

import random

import pytest

from collateral.adaptations.lineage import trace
from collateral.adaptations.prints import PagePrint, Picture
from collateral.adaptations.relations import Change
from collateral.bench.lineage_memory import MemoryLibrary

SYLLABLES = ["ka", "lo", "mi", "ren", "sta", "vor", "pel", "tan", "dru", "fis", "gol", "hem"]


def made_deck(seed: int, size: int = 20) -> list[PagePrint]:
    """A deck whose words no other seed shares, but for its legal page at the end."""
    chance = random.Random(seed)

    def sentence(length: int) -> str:
        return " ".join(
            "".join(chance.choices(SYLLABLES, k=chance.randint(2, 3))) for _ in range(length)
        )

    pages = [
        PagePrint(n, (sentence(5), sentence(14), sentence(11), f"{chance.randint(10, 99)} %"))
        for n in range(1, size)
    ]
    return [
        *pages,
        PagePrint(size, ("All rights reserved. No part may be copied without consent.",)),
    ]


def numbered(pages: list[PagePrint]) -> list[PagePrint]:
    return [
        PagePrint(n, p.boxes, p.pictures, p.charts, flow=p.flow) for n, p in enumerate(pages, 1)
    ]


@pytest.fixture
def library() -> MemoryLibrary:
    library = MemoryLibrary()
    for seed in range(40):
        library.add(seed, made_deck(seed))
    return library


def test_a_renamed_copy_is_all_the_same(library: MemoryLibrary) -> None:
    found = trace(made_deck(7), library)
    assert [source.version for source in found.sources] == [7]
    assert {page.change for page in found.pages} == {Change.SAME}
    assert found.sources[0].dropped == ()


def test_a_shortened_and_reordered_deck_tells_what_was_dropped_and_moved(
    library: MemoryLibrary,
) -> None:
    deck = made_deck(7)
    found = trace(numbered([deck[0], deck[9], deck[3], deck[4], deck[5]]), library)
    assert [p.source.print.number for p in found.pages if p.source] == [1, 10, 4, 5, 6]
    assert found.sources[0].moved == (2,)
    assert 2 in found.sources[0].dropped


def test_a_merge_has_two_sources(library: MemoryLibrary) -> None:
    found = trace(numbered(made_deck(3)[:8] + made_deck(11)[4:10]), library)
    assert {source.version for source in found.sources} == {3, 11}


def test_an_edited_page_keeps_its_source(library: MemoryLibrary) -> None:
    deck = made_deck(7)
    edited = PagePrint(5, (*deck[4].boxes[:3], "123 %"))
    found = trace([*deck[:4], edited, *deck[5:]], library)
    assert found.pages[4].change is Change.EDITED
    assert found.pages[4].what.flags == ("figures",)
    assert found.pages[4].source is not None
    assert found.pages[4].source.print.number == 5


def test_a_stranger_that_shares_the_legal_page_has_no_source(library: MemoryLibrary) -> None:
    found = trace(made_deck(4711), library)
    assert found.sources == ()
    assert {page.change for page in found.pages} == {Change.NEW}


def test_a_logo_on_every_page_brands_the_deck(library: MemoryLibrary) -> None:
    logo = Picture("d" * 64, "0123456789abcdef", 0.02)
    branded = [PagePrint(p.number, p.boxes, (*p.pictures, logo)) for p in made_deck(7)]
    found = trace(branded, library)
    assert found.branded
    assert {page.change for page in found.pages} == {Change.SAME}


def test_two_pages_of_a_source_among_strangers_are_found(library: MemoryLibrary) -> None:
    deck, foreign = made_deck(7), made_deck(4711)
    found = trace(numbered([*foreign[:3], deck[5], deck[8], *foreign[3:5]]), library)
    assert [page.change for page in found.pages] == [
        Change.NEW,
        Change.NEW,
        Change.NEW,
        Change.SAME,
        Change.SAME,
        Change.NEW,
        Change.NEW,
    ]


def test_the_version_that_fits_best_is_named(library: MemoryLibrary) -> None:
    deck = made_deck(7)
    newer = [PagePrint(p.number, (*p.boxes[:3], "77 %")) if p.number < 6 else p for p in deck]
    library.add(100, newer, asset=7, root=7)
    assert trace(newer, library).sources[0].version == 100
    assert trace(deck, library).sources[0].version == 7


def test_an_empty_library_knows_nothing() -> None:
    found = trace(made_deck(1), MemoryLibrary())
    assert {page.change for page in found.pages} == {Change.NEW}


def test_one_page_that_a_stranger_has_as_well_is_borrowed_and_no_source(
    library: MemoryLibrary,
) -> None:
    deck, foreign = made_deck(7), made_deck(4711)
    found = trace(numbered([*foreign[:3], deck[5], *foreign[3:5]]), library)
    assert [page.change for page in found.pages].count(Change.SAME) == 1
    assert [(source.version, source.borrowed) for source in found.sources] == [(7, True)]


def test_a_page_that_everybody_has_beside_one_that_a_stranger_has_makes_no_source(
    library: MemoryLibrary,
) -> None:
    shared = made_deck(99)[4].boxes
    for seed in (7, 50, 51):
        deck = made_deck(seed)
        deck[9] = PagePrint(10, shared)
        library.add(200 + seed, deck)
    foreign = made_deck(4711)
    ours = PagePrint(10, shared)
    found = trace(numbered([*foreign[:5], made_deck(7)[5], ours, *foreign[5:8]]), library)
    assert [(source.version, source.borrowed) for source in found.sources] == [(207, True)]


def test_a_page_handed_in_alone_has_its_source(library: MemoryLibrary) -> None:
    found = trace(numbered([made_deck(7)[5]]), library)
    assert [(source.version, source.borrowed) for source in found.sources] == [(7, False)]


def test_two_pages_of_a_print_under_anothers_design_are_the_same(library: MemoryLibrary) -> None:
    design = tuple(f"{made_deck(99)[n].boxes[1]}" for n in range(3))
    deck, foreign = made_deck(7), made_deck(4711)
    two = [PagePrint(0, (*design, *page.boxes), flow=True) for page in (deck[5], deck[8])]
    others = [PagePrint(0, page.boxes, flow=True) for page in foreign[:5]]
    found = trace(numbered([*others[:3], *two, *others[3:]]), library, printed=True)
    assert [(source.version, source.borrowed) for source in found.sources] == [(7, False)]
    assert [page.change for page in found.pages[3:5]] == [Change.SAME, Change.SAME]


@pytest.mark.parametrize(("order", "borrowed"), [((5, 8), False), ((8, 5), True)])
def test_two_fairly_sure_pages_are_a_source_together_where_they_stand_in_its_order(
    library: MemoryLibrary, order: tuple[int, int], borrowed: bool
) -> None:
    deck, foreign = made_deck(7), made_deck(4711)
    strange = " ".join([*foreign[9].boxes[1].split(), *foreign[10].boxes[1].split()][:20])
    two = [PagePrint(0, (*deck[n].boxes, strange)) for n in order]
    found = trace(numbered([*foreign[:3], *two, *foreign[3:5]]), library)
    assert [(source.version, source.borrowed) for source in found.sources] == [(7, borrowed)]


def test_a_copied_page_and_one_that_only_stands_beside_it_are_borrowed(
    library: MemoryLibrary,
) -> None:
    deck, foreign = made_deck(7), made_deck(4711)
    closing = PagePrint(20, (*deck[19].boxes, " ".join(foreign[9].boxes[1].split()[:3])))
    found = trace(numbered([foreign[1], deck[5], foreign[2], closing]), library)
    assert [(s.version, s.share, s.borrowed) for s in found.sources] == [(7, 0.5, True)]


def bare_charts(seed: int, size: int = 9) -> list[PagePrint]:
    """Slides that say the same few words over and over; only the values differ."""
    chance = random.Random(seed)
    labels = ("Cost\nNorth\nSouth\nEast\nSeries 1\nSeries 2",)
    return [
        PagePrint(n, labels, charts=tuple(
            tuple(chance.randint(100, 9999) / 10 for _ in range(8)) for _ in range(2)
        ))
        for n in range(1, size + 1)
    ]  # fmt: skip


def printed(pages: list[PagePrint]) -> list[PagePrint]:
    """The pages as a PDF shows them: lines, numbers of axes, no values."""
    return [
        PagePrint(n, (*page.boxes[0].splitlines(), "0", "250", f"{500 + n}"), flow=True)
        for n, page in enumerate(pages, 1)
    ]


def test_two_bare_charts_are_found_by_their_values_and_no_others(library: MemoryLibrary) -> None:
    for seed in (1, 3, 4):
        library.add(99 + seed, bare_charts(seed))
    foreign = made_deck(4711)
    for seed, sources in ((1, [100]), (2, [])):
        two = bare_charts(seed)[3:5]
        found = trace(numbered([*foreign[:3], *two, *foreign[3:5]]), library)
        assert [source.version for source in found.sources] == sources
    assert found.pages[3].source is None


def test_a_print_of_bare_charts_is_its_deck_page_by_page(library: MemoryLibrary) -> None:
    deck = bare_charts(1, 12)
    library.add(100, deck)
    found = trace(printed(deck[:9]), library, printed=True)
    assert [source.version for source in found.sources] == [100]
    assert {page.change for page in found.pages} == {Change.SAME}
