"""The truth that lineage is measured by is true, and a measurement counts what it says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from collateral.adaptations.prints import PagePrint
from collateral.adaptations.relations import Lineage, Translation
from collateral.bench import lineage, lineage_strangers
from collateral.bench.lineage_counts import (
    Figures,
    Library,
    calibration_error,
    is_copy,
    judge_without,
)
from collateral.bench.truth.bases import SAID_AGAIN, Base, made_bases
from collateral.bench.truth.kinds import cases
from collateral.bench.truth.printing import print_deck
from collateral.bench.truth.prints import read_prints
from collateral.demo.catalogue import catalogue
from collateral.reading.kinds import KINDS as FILES


@pytest.fixture(scope="module")
def decks() -> list[Base]:
    """Three decks of the sample company."""
    return sorted(made_bases(3), key=lambda base: len(base.data))


def test_the_same_seed_makes_the_same_adaptation(decks: list[Base]) -> None:
    first, again = (
        next(cases(decks[:1], decks[:2], decks[2:], 7, kinds=["heavy"])) for _ in range(2)
    )
    assert first.pages == again.pages
    assert read_prints(first.data, FILES["pptx"]) == read_prints(again.data, FILES["pptx"])


def test_each_page_of_a_made_adaptation_is_what_its_truth_says(decks: list[Base]) -> None:
    known = {base.key: read_prints(base.data, FILES["pptx"]) for base in decks}
    kinds = ["dropped", "words", "figures", "merged"]
    for case in cases(decks[:1], decks[:2], decks[2:], 3, kinds=kinds):
        pages = read_prints(case.data, FILES["pptx"])
        assert len(pages) == len(case.pages)
        for origin, page in zip(case.pages, pages, strict=True):
            assert origin.deck is not None
            source = known[origin.deck][origin.page - 1]
            # A page number that was typed as text stays behind when the page moves.
            numbers = Counter({str(origin.page): 9, str(page.number): 9})
            edited = page.bag - numbers != source.bag - numbers
            assert edited is origin.edited, (case.kind, page.number)


def test_a_print_says_what_its_deck_says(decks: list[Base]) -> None:
    deck = read_prints(decks[0].data, FILES["pptx"])
    printed = read_prints(print_deck(decks[0].data), FILES["pdf"])
    for page, other in zip(deck, printed, strict=True):
        assert not page.bag - other.bag, page.number


def test_what_is_measured_is_counted_by_kind_and_form(
    decks: list[Base], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lineage, "made_bases", lambda: decks)
    result = lineage.measure(None, 1, files=1, split="all", kinds=["dropped"])
    rows = {(row["kind"], row["form"]): row for row in result["rows"]}
    forms = {(k, f) for k in ("dropped", "all") for f in ("deck", "print")}
    assert set(rows) == {*forms, ("all", "all")}
    assert rows["dropped", "deck"]["source_recall"] == 1
    assert rows["dropped", "print"]["page_precision"] == 1
    assert rows["dropped", "deck"]["without_family"] == 1
    assert "dropped" in lineage.table(result)


def test_parts_of_decks_whose_family_is_taken_out_have_no_source(
    decks: list[Base], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lineage_strangers, "made_bases", lambda: decks)
    monkeypatch.setattr(lineage_strangers, "PRINTED", 1)
    result = lineage_strangers.measure(None, 1, 12)
    assert result["decks files"] + result["prints files"] == 12
    assert (result["decks with a source"], result["prints with a source"]) == (0, 0)


def test_a_part_of_a_deck_is_some_of_its_pages_numbered_anew() -> None:
    pages = [PagePrint(n, (f"page {n}",)) for n in range(1, 31)]
    for seed in range(20):
        part = lineage_strangers.cut(pages, Random(seed))
        assert [page.number for page in part] == list(range(1, len(part) + 1))
        assert 3 <= len(part) <= 24
        assert len({page.boxes for page in part} & {page.boxes for page in pages}) == len(part)


def test_confidences_that_hold_as_often_as_they_say_have_no_error() -> None:
    assert calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == 0
    assert calibration_error([(1.0, False)] * 4) == 1
    assert calibration_error([]) is None


def test_a_short_page_is_no_copy_however_alike() -> None:
    thanks = PagePrint(1, ("Thank you",))
    legal = PagePrint(1, ("No part of this may be copied by anybody without our written consent",))
    assert not is_copy(thanks, thanks)
    assert is_copy(legal, legal)


def test_a_library_remembers_which_family_a_version_is_of(decks: list[Base]) -> None:
    library = Library()
    library.add(decks[0])
    assert library.family(1) == decks[0].family


def test_decks_that_say_the_same_in_other_languages_are_no_strangers(decks: list[Base]) -> None:
    samples = {sample.key: sample for sample in catalogue(2026)}
    for keys in SAID_AGAIN:
        assert len({samples[key].language for key in keys}) == len(keys)
    library = Library()
    library.add(replace(decks[0], says="costs"))
    library.add(decks[1])
    for version, false in ((1, False), (2, True)):
        told = Lineage((), (), branded=False, translation_of=Translation(version, version, 0.7))
        assert library.mistranslated(told, {"costs"}) is false
    assert not library.mistranslated(Lineage((), (), branded=False), {"costs"})


def test_a_stranger_told_to_be_a_translation_counts_as_a_false_source(decks: list[Base]) -> None:
    library, figures = Library(), Figures()
    for deck in decks:
        library.add(deck)
    case = next(cases(decks[:1], decks, decks[2:], 3, kinds=["another name"]))
    other = next(v for v, meaning in library.meanings.items() if meaning != decks[0].meaning)
    told = Lineage((), (), branded=False, translation_of=Translation(other, other, 0.7))
    judge_without(case, [], told, library, figures)
    assert figures.shares()["without_family_false"] == 1
    assert figures.shares()["without_family_mistranslated"] == 1
