"""Pages that say too little for themselves are told by their place, and translations by theirs."""

from __future__ import annotations

from collateral.adaptations.lineage import trace
from collateral.adaptations.prints import PagePrint, Picture
from collateral.adaptations.relations import Change
from collateral.bench.lineage_memory import MemoryLibrary
from tests.adaptations.test_lineage import made_deck, numbered


def known(deck: list[PagePrint]) -> MemoryLibrary:
    library = MemoryLibrary()
    for seed in range(20, 30):
        library.add(seed, made_deck(seed))
    library.add(1, deck)
    return library


def test_a_title_written_anew_between_two_known_pages_keeps_its_page() -> None:
    deck = made_deck(7, 10)
    title = PagePrint(5, ("The quarter in short",))
    deck[4] = title
    changed = PagePrint(5, ("The quarter in numbers",))
    found = trace([*deck[:4], changed, *deck[5:]], known(deck))
    assert found.pages[4].change is Change.EDITED
    assert found.pages[4].source is not None
    assert found.pages[4].source.print.number == 5


def test_a_foreign_page_in_the_place_of_another_is_new() -> None:
    deck = made_deck(7, 10)
    found = trace([*deck[:4], *numbered(made_deck(8)[3:4]), *deck[5:]], known(deck))
    assert found.pages[4].change is Change.NEW


def test_a_page_of_which_its_title_was_left_comes_from_the_one_that_has_it() -> None:
    deck = made_deck(7, 10)
    left = PagePrint(1, deck[7].boxes[:1])
    found = trace(numbered([left, *deck[:5], PagePrint(1, ("Nobody's title",))]), known(deck))
    assert found.pages[0].source is not None
    assert found.pages[0].source.print.number == 8
    assert found.pages[0].change is Change.EDITED
    assert found.pages[-1].change is Change.NEW


def test_pages_of_one_family_word_for_word_are_no_translation_of_another() -> None:
    places = tuple(("text", x, x, 2, 1) for x in range(6))
    design = [PagePrint(p.number, p.boxes, (), (), places) for p in made_deck(7, 10)]
    borrowed = [PagePrint(p.number, p.boxes, (), (), places) for p in made_deck(8, 12)]
    own = [PagePrint(p.number, p.boxes, (), (), places) for p in made_deck(9, 8)]
    library = known(design)
    library.add(2, borrowed)
    found = trace(numbered([*own[:4], borrowed[3], *own[4:], borrowed[8]]), library)
    assert found.translation_of is None
    assert [source.version for source in found.sources] == [2]


def test_an_empty_page_is_the_empty_page_of_its_source() -> None:
    deck = made_deck(7, 10)
    deck.append(PagePrint(11, ()))
    found = trace(numbered([*deck[:3], *deck[5:]]), known(deck))
    assert found.pages[-1].source is not None
    assert found.pages[-1].source.print.number == 11


def test_of_two_pages_with_the_same_words_the_one_in_its_place_is_named() -> None:
    deck = made_deck(7, 10)
    deck[9] = PagePrint(10, deck[0].boxes)
    found = trace(deck, known(deck))
    assert [p.source.print.number for p in found.pages if p.source] == list(range(1, 11))


def test_a_translation_is_a_relation_of_its_own() -> None:
    places = [
        tuple(("text", x, n % 8, 1 + n % 3, (x * n) % 5) for x in range(5)) for n in range(1, 9)
    ]
    shown = [Picture(f"{n:064x}", f"{n * 0x1234567890AB:016x}", 0.2) for n in range(1, 9)]

    def deck(seed: int) -> list[PagePrint]:
        return [
            PagePrint(p.number, (*p.boxes[:3], f"{p.number}5 %"), (picture,), (), place)
            for p, place, picture in zip(made_deck(seed, 9), places, shown, strict=False)
        ]

    found = trace(deck(4711), known(deck(7)))
    assert found.translation_of is not None
    assert found.translation_of.version == 1
    assert found.sources == ()
    assert Change.SAME not in {page.change for page in found.pages}
