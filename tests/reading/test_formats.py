"""What each format gives: pages, titles, notes, properties, previews, and its warnings."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PIL import Image

from collateral.reading.results import TEXT_ONLY, Limits, Step
from tests.reading import makers

ODP = "application/vnd.oasis.opendocument.presentation"


ODT = "application/vnd.oasis.opendocument.text"


ODS = "application/vnd.oasis.opendocument.spreadsheet"


def test_a_deck_by_slide(read, tmp_path: Path):
    reading = read(makers.deck(tmp_path / "d.pptx", hidden=3, notes="Say this on"))
    assert reading.error is None
    assert [page.title for page in reading.pages] == [f"Title of slide {n}" for n in (1, 2, 3)]
    assert "downtime of line 2" in reading.pages[1].text
    assert "Gothenburg" in reading.pages[1].text
    assert "Hours lost" in reading.pages[1].text
    assert [page.notes for page in reading.pages] == [f"Say this on {n}" for n in (1, 2, 3)]
    assert [page.hidden for page in reading.pages] == [False, False, True]
    assert (reading.pages[0].width, reading.pages[0].height) == (720, 540)
    assert reading.language == "en"
    assert "Has 1 hidden slide." in reading.notices
    assert "Has speaker notes on 3 slides." in reading.notices


def test_a_deck_in_previews(read, tmp_path: Path):
    reading = read(makers.deck(tmp_path / "d.pptx"))
    assert [(p.page, p.width, p.height) for p in reading.previews] == [
        (n, w, h) for n in (1, 2, 3) for w, h in ((320, 240), (1280, 960))
    ]
    with Image.open(reading.previews[3].path) as image:
        drawn = image.convert("RGB")
    # The picture on slide 2 lies where it was put, dark on its left, red on its right.
    left, right = drawn.getpixel((190, 470)), drawn.getpixel((330, 470))
    assert max(left) < 60
    assert right[0] > 150 > right[1]


def test_a_deck_for_lineage(read, tmp_path: Path):
    reading = read(makers.deck(tmp_path / "d.pptx"), want=frozenset({Step.FEATURES}))
    first, second, _ = reading.features
    assert first.texts == ("Title of slide 1", "The downtime of line 1 fell by a third.")
    assert second.charts == ((12.5, 7.0),)
    (picture,) = reading.media
    assert (picture.page, len(picture.sha256), len(picture.phash)) == (2, 64, 16)
    assert picture.area == pytest.approx(0.0356, abs=0.001)
    assert {"table", "chart", "picture"} <= {box.kind for box in second.boxes}


def test_what_the_design_of_a_deck_shows_is_told_apart(read, tmp_path: Path):
    reading = read(makers.designed_deck(tmp_path / "d.pptx"), want=frozenset({Step.FEATURES}))
    (page,) = reading.features
    assert page.texts == ("Payback",)
    assert page.design == ("Northwind, confidential", "Made in Ålesund")
    assert page.pictures == ()
    (picture,) = page.backdrop
    assert (len(picture.sha256), len(picture.phash)) == (64, 16)


def test_previews_come_after_text_and_the_first_page_first(tmp_path: Path):
    from collateral.reading import door
    from collateral.reading.sniff import identify

    seen = []
    path = makers.deck(tmp_path / "d.pptx")
    door.read(
        path, identify(path, path.name), tmp_path,
        progress=lambda step, r: seen.append((step, len(r.pages), len(r.previews))),
    )  # fmt: skip
    assert seen[0] == (Step.TEXT, 3, 0)
    assert seen[2:4] == [(Step.FIRST_PREVIEW, 3, 2), (Step.PREVIEWS, 3, 6)]


@pytest.mark.parametrize(
    "text", ["日本語の見出し", "العربية والمبيعات", "한국어 제목", "שלום עולם", "Ελληνικά", "हिन्दी"]
)
def test_every_script_has_its_letters(read, tmp_path: Path, text: str):
    """A letter that no font has is drawn as the same box for every letter."""
    from pptx import Presentation

    drawn = []
    for index, words in enumerate((text, "\u1a20" * len(text))):
        made = Presentation()
        made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = words
        path = tmp_path / f"{index}.pptx"
        made.save(str(path))
        reading = read(path, want=frozenset({Step.FIRST_PREVIEW}))
        with Image.open(reading.previews[1].path) as image:
            drawn.append(_columns(image.convert("L")))
    assert drawn[0] != drawn[1]
    assert len(set(drawn[0])) > 20


def _columns(image: Image.Image) -> list[bytes]:
    """The ink of a title, column by column."""
    strip = image.crop((0, 60, image.width, 340)).point(lambda value: 255 * (value < 128))
    return [
        column
        for x in range(strip.width)
        if any(column := strip.crop((x, 0, x + 1, 280)).tobytes())
    ]


def test_wingdings_become_what_they_show():
    from collateral.reading.formats.wingdings import shown

    assert shown("§", "Wingdings") == "▪"
    assert shown("\uf0fc done", "Wingdings", private_only=True) == "✓ done"
    assert shown("a\u00b7", "Symbol") == "α•"


def test_t17_macros_are_told_and_never_stop_the_reading(read, tmp_path: Path):
    plain = makers.deck(tmp_path / "plain.pptx")
    types = (
        zipfile.ZipFile(plain)
        .read("[Content_Types].xml")
        .replace(
            b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
            b"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
        )
    )
    path = makers.repacked(
        plain, tmp_path / "m.pptm", **{"[Content_Types].xml": types, "ppt/vbaProject.bin": b"x"}
    )
    reading = read(path)
    assert reading.error is None
    assert len(reading.pages) == 3
    assert reading.previews
    assert any(notice.startswith("Contains macros.") for notice in reading.notices)


def test_a_pdf(read, tmp_path: Path):
    reading = read(makers.pdf(tmp_path / "p.pdf", title="Uptime", author="Ines Vidal"))
    assert [page.title for page in reading.pages] == ["Case study, page 1", "Case study, page 2"]
    assert reading.properties["author"] == "Ines Vidal"
    assert [(p.page, p.width) for p in reading.previews] == [
        (1, 320),
        (1, 1280),
        (2, 320),
        (2, 1280),
    ]
    assert reading.previews[1].height == 1810 or reading.previews[1].height == 1811


def test_a_word_document_by_page(read, tmp_path: Path):
    reading = read(makers.document(tmp_path / "d.docx"))
    assert len(reading.pages) == 2
    assert reading.pages[0].title == "Bearings that last"
    assert "Uptime\t99.2 %" in reading.pages[0].text
    assert "second page" in reading.pages[1].text
    assert reading.properties["author"] == "Ines Vidal"
    assert reading.previews


def test_a_workbook_by_sheet(read, tmp_path: Path):
    reading = read(makers.workbook(tmp_path / "w.xlsx"))
    assert [(page.title, page.hidden) for page in reading.pages] == [
        ("Prices", False), ("Margins", True),
    ]  # fmt: skip
    assert reading.pages[0].text == "Part\tPrice\nSpindle\t1450"
    assert "Has 1 hidden sheet." in reading.notices
    assert len(reading.previews) == 4


def test_opendocument_decks_texts_and_sheets(read, tmp_path: Path):
    deck = makers.opendocument(
        tmp_path / "d.odp", ODP,
        "<office:presentation><draw:page><draw:frame presentation:class='title'><draw:text-box>"
        "<text:p>Why <text:s/>now</text:p></draw:text-box></draw:frame>"
        "<presentation:notes><draw:frame><draw:text-box><text:p>Speak slowly</text:p>"
        "</draw:text-box></draw:frame></presentation:notes></draw:page></office:presentation>",
    )  # fmt: skip
    reading = read(deck)
    assert (reading.pages[0].title, reading.pages[0].notes) == ("Why now", "Speak slowly")
    assert "Has speaker notes on 1 slide." in reading.notices
    text = makers.opendocument(
        tmp_path / "t.odt",
        ODT,
        "<office:text><text:h>Head</text:h><text:p>Body</text:p></office:text>",
    )
    assert read(text).pages[0].text == "Head\nBody"
    sheet = makers.opendocument(
        tmp_path / "s.ods", ODS,
        "<office:spreadsheet><table:table table:name='Costs'><table:table-row>"
        "<table:table-cell><text:p>Rent</text:p></table:table-cell>"
        "<table:table-cell><text:p>900</text:p></table:table-cell>"
        "</table:table-row></table:table></office:spreadsheet>",
    )  # fmt: skip
    assert (read(sheet).pages[0].title, read(sheet).pages[0].text) == ("Costs", "Rent\t900")


def test_rich_text_markdown_html_csv_and_old_encodings(read, tmp_path: Path):
    def text_of(name: str, data: bytes) -> str:
        path = tmp_path / name
        path.write_bytes(data)
        reading = read(path, want=TEXT_ONLY)
        assert reading.error is None
        return reading.pages[0].text

    assert (
        text_of("a.rtf", b"{\\rtf1\\ansi\\ansicpg1252 Caf\\'e9 and {\\b bold}}") == "Café and bold"
    )
    assert text_of("b.txt", "Façade – “quoted”".encode("cp1252")) == "Façade – “quoted”"
    assert text_of("c.txt", "prix: 5 €".encode("utf-16")) == "prix: 5 €"
    assert text_of("d.html", b"<p>One</p><script>alert(1)</script><p>Two</p>") == "One\nTwo"
    assert text_of("e.csv", b"name;city\nAna;Porto\n") == "name\tcity\nAna\tPorto"
    assert text_of("f.md", b"# Heading\n\ntext") == "# Heading\n\ntext"


def test_an_archive_is_listed(read, tmp_path: Path):
    path = tmp_path / "kit.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("logos/one.svg", "<svg/>")
        archive.writestr("readme.txt", "hello")
    reading = read(path)
    assert reading.pages[0].title == "2 files"
    assert "logos/one.svg\t6 B" in reading.pages[0].text


def test_a_password_has_its_sentence(read, tmp_path: Path):
    reading = read(makers.pdf(tmp_path / "locked.pdf", password="secret"))
    assert reading.error == (
        "This PDF has a password. Upload a copy without one to find and preview it."
    )


def test_damage_has_its_sentence(read, tmp_path: Path):
    whole = makers.deck(tmp_path / "whole.pptx").read_bytes()
    path = tmp_path / "half.pptx"
    path.write_bytes(whole[: len(whole) // 2])
    assert read(path).error == "This PowerPoint deck is damaged and cannot be opened."


def test_an_empty_file_has_its_sentence(read, tmp_path: Path):
    path = tmp_path / "nothing.pdf"
    path.touch()
    assert read(path).error == "This file is empty."


def test_an_unknown_kind_is_kept_by_its_name(read, tmp_path: Path):
    path = tmp_path / "blob.bin"
    path.write_bytes(bytes(range(256)) * 8)
    assert "kept and found by their name" in (read(path).error or "")


def test_one_step_fails_alone(read, tmp_path: Path):
    """A picture over the limit is still a page, found by its name, with a sentence."""
    path = tmp_path / "huge.png"
    makers.image((300, 200)).save(path)
    reading = read(path, limits=Limits(pixels=10_000))
    assert reading.error is None
    assert len(reading.pages) == 1
    assert Step.TEXT not in reading.failures
    assert "more than the 0 million" in (reading.preview_missing or "")


def test_time_is_told_by_step(read, tmp_path: Path):
    seconds = read(makers.deck(tmp_path / "d.pptx")).seconds
    assert set(seconds.steps) == {"open", *Step}
    assert 0 < seconds.inside <= seconds.wall
