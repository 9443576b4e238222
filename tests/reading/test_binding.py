"""Marks burnt into pictures, and pages bound into one PDF, by the confined child."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fpdf import FPDF
from PIL import Image, ImageChops
from pypdf import PdfReader

from collateral.reading.binding import Binding, Sheet, bind, mark_pictures

MARK = "Anna Kern · anna@hollis.example · 22 Nov 2026, 14:05 UTC"


def picture(path: Path, size: tuple[int, int] = (1280, 720), shade: int = 255) -> Path:
    Image.new("RGB", size, (shade, 255, 255)).save(path, "WEBP")
    return path


def document(path: Path, *pages: str) -> Path:
    pdf = FPDF()
    pdf.set_font("helvetica", size=20)
    for text in pages:
        pdf.add_page()
        pdf.cell(0, 10, text, link="https://example.com/")
    pdf.output(str(path))
    return path


def test_every_picture_comes_back_with_the_mark_in_it(tmp_path: Path) -> None:
    pages = [(7, picture(tmp_path / "a.webp")), (9, picture(tmp_path / "b.webp", (900, 1300)))]
    got: dict[tuple[int, int], bytes] = {}
    error = mark_pictures(pages, MARK, lambda n, width, data: got.update({(n, width): data}))
    assert error is None
    assert set(got) == {(7, 320), (7, 1280), (9, 320), (9, 1280)}
    with Image.open(io.BytesIO(got[7, 1280])) as marked:
        clean = Image.new("RGB", marked.size, (255, 255, 255))
        difference = ImageChops.difference(marked.convert("RGB"), clean).convert("L")
        dark = difference.point(lambda value: 255 * (value > 12))
        width, height = marked.size
        # Slanted over all of it, and readable at the foot.
        for box in ((0, 0, width // 2, height // 2), (width // 2, 0, width, height // 2)):
            assert dark.crop(box).getbbox() is not None
        assert difference.crop((0, height - 40, width // 2, height)).getextrema()[1] > 180
    other: dict[tuple[int, int], bytes] = {}
    mark_pictures(pages, "Somebody else", lambda n, width, data: other.update({(n, width): data}))
    assert got[7, 1280] != other[7, 1280]


@pytest.mark.parametrize("name", ["李雷 · 株式会社", "Ольга", "\u202eevil", "x" * 300])
def test_a_mark_may_be_in_any_script(tmp_path: Path, name: str) -> None:
    got: list[bytes] = []
    pages = [(1, picture(tmp_path / "a.webp"))]
    assert mark_pictures(pages, name, lambda _n, _w, data: got.append(data)) is None
    assert len(got) == 2


def bound(binding: Binding) -> PdfReader:
    out = io.BytesIO()
    assert bind(binding, out) is None
    return PdfReader(io.BytesIO(out.getvalue()))


def test_pages_of_pdfs_keep_their_words_and_pictures_stand_among_them(tmp_path: Path) -> None:
    pdf = document(tmp_path / "a.pdf", "Nineteen days", "Payback")
    shown = picture(tmp_path / "a.webp")
    made = bound(
        Binding(
            title="For Hollis Dairy",
            sheets=[
                Sheet("Payback", 2, pdf=0, picture=shown),
                Sheet("Slide", 1, picture=shown),
                Sheet("Nineteen days", 1, pdf=0),
                Sheet("No picture", 1),
            ],
            sections=[("Payback", 0), ("Slide", 1), ("Nineteen days", 2)],
            pdfs=[pdf],
        )
    )
    assert len(made.pages) == 4
    assert "Payback" in made.pages[0].extract_text()
    assert len(made.pages[1].images) == 1
    assert "Nineteen days" in made.pages[2].extract_text()
    assert [item["/Title"] for item in made.outline] == ["Payback", "Slide", "Nineteen days"]
    assert made.metadata is not None
    assert made.metadata.title == "For Hollis Dairy"


def test_cover_and_contents_come_first_and_lead_to_their_pages(tmp_path: Path) -> None:
    shown = picture(tmp_path / "a.webp")
    made = bound(
        Binding(
            title="For Hollis Dairy",
            sheets=[Sheet(f"Page {n}", n, picture=shown) for n in range(1, 31)],
            sections=[(f"Section {n}", n) for n in range(30)],
            cover=True,
            contents=True,
            under=["Anna Kern"],
            company="Kelvane",
        )
    )
    entries = sum(len(page.get("/Annots", [])) for page in made.pages)
    before = len(made.pages) - 30
    assert entries == 30
    assert before >= 3  # the cover, and more than one page of contents
    last = made.outline[-1]
    assert made.get_destination_page_number(last) == before + 29


def test_a_marked_file_holds_pictures_alone(tmp_path: Path) -> None:
    pdf = document(tmp_path / "a.pdf", "Nineteen days")
    made = bound(
        Binding(
            title="Marked",
            sheets=[Sheet("Nineteen days", 1, pdf=0, picture=picture(tmp_path / "a.webp"))],
            sections=[],
            pdfs=[pdf],
            mark=MARK,
        )
    )
    assert made.pages[0].extract_text().strip() == ""
    assert len(made.pages[0].images) == 1


def test_a_damaged_pdf_gives_way_to_its_pictures(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + b"nonsense " * 200)
    made = bound(
        Binding(
            title="Broken",
            sheets=[Sheet("Page", 1, pdf=0, picture=picture(tmp_path / "a.webp"))],
            sections=[],
            pdfs=[broken],
        )
    )
    assert len(made.pages[0].images) == 1
