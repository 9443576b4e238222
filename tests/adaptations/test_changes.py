"""Any figure, word or picture that differs is an edit; branding and theme are not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collateral.adaptations.branding import DeckChange, deck_wide, of_prints, without_branding
from collateral.adaptations.changes import compare
from collateral.adaptations.furniture import Furniture
from collateral.adaptations.prints import PagePrint, Picture

PAGE = PagePrint(
    3, ("Payback in 11 months", "Two filling lines"), (Picture("a" * 64, "ff00ff00ff00ff00", 0.3),)
)


def with_boxes(*boxes: str, pictures: tuple[Picture, ...] = PAGE.pictures) -> PagePrint:
    return PagePrint(1, boxes, pictures)


def test_another_order_of_boxes_is_no_edit() -> None:
    assert compare(PAGE, with_boxes("Two filling lines", "Payback in 11 months")).nothing


def test_one_figure_is_an_edit() -> None:
    change = compare(PAGE, with_boxes("Payback in 9 months", "Two filling lines"))
    assert change.flags == ("figures",)


def test_a_recompressed_picture_is_the_same() -> None:
    again = Picture("b" * 64, "ff00ff00ff00ff01", 0.3)
    assert compare(PAGE, with_boxes(*PAGE.boxes, pictures=(again,))).nothing


def test_a_page_number_in_a_box_of_its_own_that_stayed_behind_is_no_edit() -> None:
    moved = PagePrint(1, (*PAGE.boxes, "3"), PAGE.pictures)
    assert compare(PAGE, moved).nothing
    assert compare(moved, PAGE).nothing
    assert compare(PAGE, PagePrint(1, (*PAGE.boxes, "4"), PAGE.pictures)).flags == ("figures",)


def test_another_picture_is_an_edit() -> None:
    other = Picture("b" * 64, "00ff00ff00ff00ff", 0.3)
    assert compare(PAGE, with_boxes(*PAGE.boxes, pictures=(other,))).flags == ("pictures",)


def test_words_that_a_print_splits_are_no_edit() -> None:
    printed = PagePrint(8, ("Pay back in 1 1 months", "Two filling lines"), flow=True)
    assert compare(PagePrint(3, PAGE.boxes), printed).nothing


def test_of_words_drawn_over_each_other_a_print_shows_one() -> None:
    source = PagePrint(3, ("Storage", "Storage", "Business Logic"))
    printed = PagePrint(3, ("Storage", "Business Logic"), flow=True)
    assert compare(source, printed).nothing
    assert not compare(source, PagePrint(3, ("Storage", "Logic"), flow=True)).nothing


def test_a_word_joined_to_what_the_print_repeats_is_no_edit() -> None:
    source = PagePrint(3, ("Minutes of the TSC",))
    printed = PagePrint(3, ("Minutes of the TSCPrepared for Contoso",), flow=True)
    repeated = Furniture(words=frozenset({"prepared", "for", "contoso"}))
    assert compare(source, printed, furniture=repeated).nothing


def test_a_figure_edited_in_a_print_is_an_edit() -> None:
    printed = PagePrint(1, ("Payback in", "9 months", "Two filling lines", "3"), flow=True)
    assert compare(PagePrint(3, PAGE.boxes), printed).flags == ("figures",)


def test_the_numbers_of_a_list_stand_in_its_print_alone() -> None:
    source = PagePrint(2, ("Ask\nMeasure\nDecide",))
    printed = PagePrint(2, ("1. Ask", "2. Measure", "3. Decide", "2"), flow=True)
    assert compare(source, printed).nothing
    assert compare(printed, source).nothing


def test_a_figure_is_an_edit_though_an_axis_of_the_print_shows_the_old_one() -> None:
    chart = ((9.0, 7.0, 5.0, 8.0),)
    slide = PagePrint(4, ("Folder-gluer 2, minutes a change", "Tools\nGlue"), charts=chart)
    axis = ("0", "2", "4", "7", "9")
    shown = PagePrint(4, ("Folder-gluer 3, minutes a change", "Tools", "Glue", *axis), flow=True)
    same = PagePrint(4, (slide.boxes[0], "Tools", "Glue", *axis, "4"), flow=True)
    assert compare(slide, shown).flags == ("figures",)
    assert compare(slide, same).nothing
    labelled = PagePrint(4, ("Short stops", "46 %", "Slow", "24 %"), charts=chart)
    edited = PagePrint(4, ("0", "12", "23", "34", "46", "Short stops 43 %", "Slow 24 %"), flow=True)
    assert compare(labelled, edited).flags == ("figures",)


def test_a_number_alone_on_both_sides_is_content_though_others_count_the_pages() -> None:
    slide = PagePrint(5, ("Products", "1", "Predict"))
    shown = PagePrint(2, ("Products", "1", "Predict"), flow=True)
    counting = Furniture(counted=frozenset({-1}))
    assert compare(slide, shown, furniture=counting).nothing
    another = PagePrint(2, ("Products", "7", "Predict"), flow=True)
    assert compare(slide, another, furniture=counting).flags == ("figures",)


def test_what_either_file_repeats_is_no_edit_of_a_print() -> None:
    source = PagePrint(2, ("The plan", "Back to contents"))
    printed = PagePrint(2, ("The plan",), flow=True)
    assert compare(source, printed, furniture=Furniture(frozenset({"back to contents"}))).nothing


def test_a_customers_name_on_every_page_brands_the_deck_and_edits_no_page() -> None:
    changes = [
        compare(PagePrint(n, (f"page {n} text",)), PagePrint(n, (f"page {n} text", "for ACME")))
        for n in range(1, 6)
    ]
    deck = deck_wide(changes)
    assert deck.branded
    assert all(without_branding(change, deck).nothing for change in changes)


def test_a_name_that_takes_anothers_place_stays_an_edit() -> None:
    changes = [
        compare(PagePrint(n, (f"for Contoso {n}",)), PagePrint(n, (f"for ACME {n}",)))
        for n in range(1, 6)
    ]
    deck = deck_wide(changes)
    assert not deck.branded
    assert not any(without_branding(change, deck).nothing for change in changes)


def test_pages_that_also_lost_something_of_their_own_are_branded_as_well() -> None:
    pictures = [Picture(f"{n:064}", "", 0.3) for n in range(1, 6)]
    sources = [PagePrint(n, (f"page {n}",), (pictures[n - 1],)) for n in range(1, 6)]
    logo = Picture("c" * 64, "", 0.01)
    other = Picture("d" * 64, "", 0.3)
    shown = [(pictures[n - 1] if n < 4 else other, logo) for n in range(1, 6)]
    pages = [PagePrint(n, (f"page {n}",), shown[n - 1]) for n in range(1, 6)]
    changes = [compare(*pair) for pair in zip(sources, pages, strict=True)]
    deck = deck_wide(changes)
    assert deck.pictures == {logo.sha256}
    edited = [not without_branding(change, deck).nothing for change in changes]
    assert edited == [False, False, False, True, True]


def test_a_logo_in_the_place_of_another_is_an_edit() -> None:
    old, new = Picture("c" * 64, "", 0.01), Picture("d" * 64, "", 0.01)
    changes = [
        compare(PagePrint(n, (f"page {n}",), (old,)), PagePrint(n, (f"page {n}",), (new,)))
        for n in range(1, 6)
    ]
    assert not deck_wide(changes).branded


LOGO = Picture("c" * 64, "0f0f3c3cf0f0c3c3", 0.01)


def printed(number: int, *more: str, pictures: tuple[Picture, ...] = ()) -> PagePrint:
    return PagePrint(number, ("Confidential", f"page {number} text", *more), pictures, flow=True)


def test_a_print_that_repeats_what_its_source_has_nowhere_was_branded() -> None:
    source = [printed(n) for n in range(1, 6)]
    assert of_prints([printed(n, "Prepared for ACME") for n in range(1, 6)], source).words == {
        "prepared", "for", "acme",
    }  # fmt: skip
    assert of_prints([printed(n, pictures=(LOGO,)) for n in range(1, 6)], source).pictures
    assert not of_prints(source, source).branded


def test_a_name_on_some_pages_of_a_print_or_beside_a_deck_brands_nothing() -> None:
    source = [printed(n) for n in range(1, 6)]
    assert not of_prints([printed(n, *["ACME"][n % 2 :]) for n in range(1, 6)], source).branded
    deck = [PagePrint(n, (f"page {n} text",)) for n in range(1, 6)]
    assert not of_prints([printed(n, "ACME") for n in range(1, 6)], deck).branded


def test_a_print_of_a_deck_is_branded_by_what_its_design_does_not_show() -> None:
    drawn = Picture("e" * 64, "00ff00ff00ff00ff", 0.0)
    deck = [
        PagePrint(n, (f"page {n} text",), design=("Kelvane, confidential",), backdrop=(drawn,))
        for n in range(1, 6)
    ]
    written_anew = Picture("f" * 64, "00ff00ff00ff00fe", 0.01)

    def branding(*lines: str, pictures: tuple[Picture, ...] = ()) -> DeckChange:
        shown = ("Kelvane, confi", "dential", "22 November 2026", *lines)
        pages = [printed(n, *shown, pictures=(written_anew, *pictures)) for n in range(1, 6)]
        return of_prints(pages, deck)

    assert not branding().branded
    assert branding("Prepared for ACME").words == {"prepared", "for", "acme"}
    assert branding(pictures=(LOGO,)).pictures == {LOGO.sha256}


@given(st.lists(st.text(max_size=30), max_size=5))
def test_a_page_is_the_same_as_itself(boxes: list[str]) -> None:
    page = PagePrint(1, tuple(boxes))
    assert compare(page, page).nothing
    print_of_it = PagePrint(1, tuple(boxes), flow=True)
    assert compare(print_of_it, print_of_it).nothing
