"""A page keeps its print through re-saving, and a deck's furniture is not its content."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collateral.adaptations.furniture import repeated_pictures, without_furniture
from collateral.adaptations.prints import PagePrint, Picture, shingles, tokens


def test_words_numbers_and_characters_are_told_apart() -> None:
    assert tokens("Saves 1,200.5 hours, a 37% cut") == [
        "saves",
        "1,200.5",
        "hours",
        "a",
        "37%",
        "cut",
    ]
    assert tokens("設備停止 3回") == ["設", "備", "停", "止", "3", "回"]


def test_case_and_soft_hyphens_change_nothing() -> None:
    assert tokens("Down\u00adtime COSTS") == tokens("downtime costs")


def test_a_short_box_is_one_shingle() -> None:
    assert len(shingles(["payback"])) == 1
    assert len(shingles(["a", "b", "c", "d", "e"])) == 3


def test_moving_a_box_keeps_the_print() -> None:
    one = PagePrint(1, ("Payback in eleven months", "Two filling lines"))
    other = PagePrint(9, ("Two filling lines", "Payback in eleven months"))
    assert one.shingles == other.shingles
    assert one.whole == other.whole


def test_a_picture_makes_a_page_without_words_another_page() -> None:
    one = PagePrint(1, (), (Picture("a" * 64, "", 0.9),))
    other = PagePrint(1, (), (Picture("b" * 64, "", 0.9),))
    assert one.whole != other.whole


def test_footers_and_page_numbers_are_furniture() -> None:
    pages = [
        PagePrint(n, (f"Chapter {word}", "Kelvane, confidential", str(n)))
        for n, word in enumerate(["one", "two", "three", "four", "five"], 1)
    ]
    assert next(page.boxes for page in without_furniture(pages)) == ("Chapter one",)


def test_a_number_alone_on_its_line_is_furniture_only_where_it_counts_the_pages() -> None:
    ahead = [
        PagePrint(n, (f"Chapter {n}", " ".join(c * n for c in "abcd"), "40", str(n + 2)), flow=True)
        for n in range(1, 6)
    ]
    assert [page.boxes[1:] for page in without_furniture(ahead)] == [("40",)] * 5


def test_what_pages_repeat_beside_nothing_else_is_their_content() -> None:
    labels = ("1/5/2002", "1/6/2002", "North", "South")
    bare = [PagePrint(n, (*labels, str(100 * n)), flow=True) for n in range(1, 6)]
    assert without_furniture(bare) == bare
    titled = [PagePrint(n, ("a" * n, *labels), flow=True) for n in range(1, 6)]
    assert without_furniture(titled) == titled
    texts = [" ".join(c * n for c in "abcd") for n in range(1, 6)]
    told = [PagePrint(n, (*labels, text), flow=True) for n, text in enumerate(texts, 1)]
    assert [page.boxes for page in without_furniture(told)] == [(text,) for text in texts]


def test_a_short_file_has_no_furniture() -> None:
    pages = [PagePrint(n, ("The same line",)) for n in (1, 2, 3)]
    assert without_furniture(pages) == pages


def test_a_logo_on_most_pages_is_repeated() -> None:
    logo = Picture("c" * 64, "", 0.01)
    pages = [PagePrint(n, (), (logo,) if n < 5 else ()) for n in range(1, 6)]
    assert repeated_pictures(pages) == {"c" * 64}


@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_text_has_a_print(boxes: list[str]) -> None:
    page = PagePrint(1, tuple(boxes))
    assert len(page.kept) <= 12
    assert set(page.kept) <= page.shingles
    assert all(-(2**63) <= value < 2**63 for value in page.kept)
