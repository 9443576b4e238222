"""A file in another language is told by what is the same in any language."""

from __future__ import annotations

import random

import pytest

from collateral.adaptations.lineage import trace
from collateral.adaptations.prints import PagePrint
from collateral.adaptations.relations import Change, Lineage
from collateral.bench.lineage_memory import MemoryLibrary
from tests.adaptations.test_lineage import SYLLABLES, made_deck

FIGURES = 3


def deck(seed: int, words: int, *, flow: bool = False, figures: int = FIGURES) -> list[PagePrint]:
    """Eight pages with the figures of one seed and the words of another; a German print of them
    writes 1,200.5 as 1.200,5, and has the page's number."""
    chance, said = random.Random(seed), random.Random(words)
    pages = []
    for number in range(1, 9):
        text = [" ".join("".join(said.choices(SYLLABLES, k=3)) for _ in range(7)) for _ in "ab"]
        told = [f"{chance.randint(100, 999)}" for _ in range(figures)]
        told += [f"{chance.randint(1, 9)},{chance.randint(100, 999)}.5"] if figures else []
        if flow:
            told = [figure.translate(str.maketrans(",.", ".,")) for figure in told]
        own = [str(number)] if flow else []
        pages.append(PagePrint(number, (*text, *told, *own), flow=flow))
    return pages


def asked(pages: list[PagePrint], known: list[PagePrint]) -> Lineage:
    library = MemoryLibrary()
    for seed in range(30):
        library.add(seed, made_deck(seed))
    library.add(100, known, printed=known[0].flow)
    return trace(pages, library, printed=pages[0].flow)


@pytest.mark.parametrize("forward", [True, False])
def test_a_print_in_another_language_is_a_translation_and_its_pages_are_new(forward: bool) -> None:
    original, translation = deck(1, 11), deck(1, 12, flow=True)
    found = asked(translation, original) if forward else asked(original, translation)
    assert found.translation_of is not None
    assert found.translation_of.version == 100
    assert found.sources == ()
    assert {page.change for page in found.pages} == {Change.NEW}


@pytest.mark.parametrize(("seed", "figures"), [(2, FIGURES), (1, 0)])
def test_other_figures_or_none_prove_no_translation(seed: int, figures: int) -> None:
    found = asked(deck(seed, 12, flow=True, figures=figures), deck(1, 11, figures=figures))
    assert found.translation_of is None


def test_the_same_figures_in_another_order_prove_no_translation() -> None:
    pages = deck(1, 12, flow=True)
    backwards = [PagePrint(9 - p.number, p.boxes, flow=True) for p in reversed(pages)]
    assert asked(backwards, deck(1, 11)).translation_of is None
