"""Slides that say the same words are told apart by what their charts show."""

from __future__ import annotations

import pytest

from collateral.adaptations.charts import chart_likeness
from collateral.adaptations.lineage import trace
from collateral.adaptations.prints import PagePrint
from collateral.bench.lineage_memory import MemoryLibrary
from tests.adaptations.test_lineage import bare_charts, made_deck, numbered


def slide(*series: tuple[float, ...]) -> PagePrint:
    return PagePrint(1, ("North\nSouth\nSeries 1",), charts=series)


def shown(*lines: str) -> PagePrint:
    return PagePrint(9, ("North", "South", "Series 1", *lines, "9"), flow=True)


def test_two_slides_agree_by_the_share_of_their_series() -> None:
    one, two = (1.0, 2.0), (3.0, 4.0)
    assert chart_likeness(slide(one, two), slide(one, two)) == 1
    assert chart_likeness(slide(one, two), slide(one)) == pytest.approx(0.5)
    assert chart_likeness(slide(one), slide(two)) == 0
    assert chart_likeness(slide(one), PagePrint(2, ("North",))) is None


def test_an_axis_ends_at_or_above_the_greatest_value() -> None:
    axis = shown("0", "250", "500", "750", "1,000")
    assert chart_likeness(axis, slide((310.0, 980.0))) == pytest.approx(0.98)
    assert chart_likeness(slide((310.0, 500.0)), axis) == pytest.approx(0.5)
    assert chart_likeness(axis, slide((310.0, 1200.0))) == 0


def test_an_axis_of_stacked_bars_ends_above_their_sum() -> None:
    axis = shown("0", "250", "500", "750", "1,000")
    assert chart_likeness(axis, slide((450.0, 300.0), (500.0, 400.0))) == pytest.approx(0.95)


def test_values_beside_their_bars_say_more_than_an_axis() -> None:
    assert chart_likeness(shown("31.5", "42%", "0", "50", "100"), slide((31.5, 0.42))) == 1


@pytest.mark.parametrize("lines", [(), ("2024", "17"), [str(n * n) for n in range(200)]])
def test_numbers_that_are_no_axis_say_nothing(lines: tuple[str, ...]) -> None:
    assert chart_likeness(shown(*lines), slide((310.0, 980.0))) is None


def test_slides_of_bare_charts_are_found_in_any_order() -> None:
    library, deck = MemoryLibrary(), bare_charts(1)
    library.add(1, deck)
    order = [4, 2, 7, 0, 5]
    found = trace(numbered([deck[n] for n in order]), library)
    assert [page.source and page.source.print.number - 1 for page in found.pages] == order


def test_a_print_of_some_bare_charts_among_other_pages_has_its_deck_for_a_source() -> None:
    library = MemoryLibrary()
    for seed in range(12):
        library.add(seed, made_deck(seed))
    names = [f"{name} {year}" for name in ("Mill", "Press", "Kiln") for year in range(2001, 2006)]
    tops = [10.0, 100.0, 1000.0, 10_000.0, 100_000.0]
    charts = [
        PagePrint(n, ("\n".join(names),), charts=((top, 0.6 * top, 0.3 * top, 0.1 * top),))
        for n, top in enumerate([1.0, *tops, 1.0], 1)
    ]
    library.add(100, charts)
    parts = [
        PagePrint(n, (*names, *(f"{top * step / 4:.0f}" for step in range(5))), flow=True)
        for n, top in enumerate(reversed(tops), 1)
    ]
    foreign = [PagePrint(n, page.boxes, flow=True) for n, page in enumerate(made_deck(4711)[:7], 6)]
    found = trace([*parts, *foreign], library, printed=True)
    assert [source.version for source in found.sources] == [100]
    assert [page.source and page.source.print.number for page in found.pages[:5]] == [6, 5, 4, 3, 2]


def test_names_that_two_other_decks_share_make_neither_a_source() -> None:
    library = MemoryLibrary()
    for seed in range(12):
        library.add(seed, made_deck(seed))
    usual = ("Category 1\nCategory 2\nCategory 3\nCategory 4\nSeries 1\nSeries 2\nSeries 3",)
    for version in (100, 101):
        charts = [(n * version / 7, 1.0, 2.0, 3.0) for n in range(1, 8)]
        pages = [PagePrint(n, usual, charts=(values,)) for n, values in enumerate(charts, 1)]
        library.add(version, pages)
    parts = [
        PagePrint(n, (*usual[0].splitlines(), *(f"{5 * n * step}" for step in range(5))), flow=True)
        for n in range(1, 6)
    ]
    foreign = [PagePrint(n, page.boxes, flow=True) for n, page in enumerate(made_deck(4711)[:7], 6)]
    assert trace([*parts, *foreign], library, printed=True).sources == ()


def test_two_charts_whose_names_nobody_else_has_tell_their_deck_among_foreign_pages() -> None:
    library = MemoryLibrary()
    for seed in range(12):
        library.add(seed, made_deck(seed))
    days = [f"1/{day}/02" for day in range(5, 10)]
    named = [*days, "Series 1", "Series 2"]
    tops = [10.0, 40.0, 100.0, 400.0, 1000.0]
    charts = [
        PagePrint(n, ("\n".join(named),), charts=((top, 0.6 * top, 0.3 * top, 0.1 * top),))
        for n, top in enumerate(tops, 1)
    ]
    library.add(100, charts)
    foreign = [PagePrint(n, page.boxes, flow=True) for n, page in enumerate(made_deck(4711)[:5], 1)]
    two = [
        PagePrint(n, (*named, *(f"{top * step / 4:.0f}" for step in range(5))), flow=True)
        for n, top in ((6, 100.0), (7, 40.0))
    ]
    found = trace([*foreign, *two], library, printed=True)
    assert [source.version for source in found.sources] == [100]
    assert [page.source and page.source.print.number for page in found.pages[5:]] == [3, 2]


@pytest.mark.parametrize(("decks", "named"), [(1, [100]), (3, [])])
def test_charts_with_the_names_that_a_program_gives_are_nobodys(
    decks: int, named: list[int]
) -> None:
    library = MemoryLibrary()
    for seed in range(12):
        library.add(seed, made_deck(seed))
    usual = [f"Category number {n} of 12" for n in range(1, 13)]
    for version in range(100, 100 + decks):
        charts = [(n * version / 7, 1.0, 2.0, 3.0) for n in range(1, 8)]
        pages = [
            PagePrint(n, ("\n".join(usual),), charts=(values,))
            for n, values in enumerate(charts, 1)
        ]
        library.add(version, pages)
    printed = [
        PagePrint(n, (*usual, *(f"{25 * n * step}" for step in (2, 4))), flow=True)
        for n in range(1, 6)
    ]
    assert [source.version for source in trace(printed, library, printed=True).sources] == named
