"""Names, titles and tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from collateral.assets.downloads import attachment_header
from collateral.assets.rules import (
    NAME_BYTES,
    clean_filename,
    clean_tags,
    slug_of,
    title_from_file,
    title_from_filename,
)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("C:\\Users\\ines\\Downtime v7.pptx", "Downtime v7.pptx"),
        ("../../etc/passwd", "passwd"),
        ("停机成本.pptx", "停机成本.pptx"),
        ("تكلفة التوقف.pdf", "تكلفة التوقف.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("two\r\nlines.pdf", "two lines.pdf"),
        ("nul\x00byte.pdf", "nul byte.pdf"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_a_name_is_one_safe_component_in_every_script(given_name: str, kept: str) -> None:
    assert clean_filename(given_name) == kept


def test_a_long_name_keeps_its_extension() -> None:
    kept = clean_filename("é" * 400 + ".pptx")
    assert kept.endswith("é.pptx")
    assert len(kept.encode()) <= NAME_BYTES


@given(st.text(max_size=400))
def test_t04_a_download_has_one_header_and_its_own_name(name: str) -> None:
    """Threat 4: CRLF, quotes, direction marks, very long names."""
    kept = clean_filename(name)
    header = attachment_header(kept)
    assert header.isprintable()
    assert header.isascii()
    disposition, options = parse_options_header(header)
    assert disposition == "attachment"
    assert options["filename"] == kept


@given(st.text(max_size=400))
def test_cleaning_a_clean_name_changes_nothing(name: str) -> None:
    kept = clean_filename(name)
    assert clean_filename(kept) == kept
    assert kept
    assert "/" not in kept
    assert len(kept.encode()) <= NAME_BYTES


def test_a_title_comes_from_the_name_where_nobody_gave_one() -> None:
    assert title_from_filename("Cost_of_downtime-v7.pptx") == "Cost of downtime-v7"
    assert title_from_filename(".pptx") == ".pptx"


@pytest.mark.parametrize(
    "claimed",
    [
        "PowerPoint Presentation",
        "PowerPoint-Präsentation",
        "Microsoft Word - offer.doc",
        "deck.pptx",
        "untitled",
        "Slide 1",
        "---",
        "12",
        "",
        None,
    ],
)
def test_what_programs_call_a_file_is_no_title(claimed: str | None) -> None:
    assert title_from_file(claimed) is None


def test_the_title_that_a_file_carries_is_taken() -> None:
    assert title_from_file("  The cost of\ndowntime ") == "The cost of downtime"


def test_tags_are_lower_case_and_each_once() -> None:
    assert clean_tags(["ROI", " roi ", "Board  meeting", "", "#roi"]) == ["roi", "board meeting"]


def test_a_slug_is_readable() -> None:
    assert slug_of("Food & drink") == "food-drink"
    assert slug_of("Münchner Straße") == "munchner-strasse"
    assert slug_of("&&") == ""
