"""The sample's files: each opens with the library of its kind and says what it should."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import pytest

from collateral.demo.catalogue import ONLY_ONCE, Sample, catalogue
from collateral.demo.company import person
from collateral.demo.files.make import make_file

SAMPLES = catalogue(2026)
ONE_OF_EACH = (
    "line-output-in-twelve-weeks", "hollis-dairy", "line-for-foundries", "what-each-sensor-hears",
    "predict-and-a-spreadsheet", "stop-cost-calculator", "sensor-vs3", "pilot-agreement",
    "predict-screen", "bearing-poster", "edge-diagram",
)  # fmt: skip


def ending(sample: Sample) -> str:
    return sample.filename.rpartition(".")[2]


def of_kind(*endings: str) -> list[Sample]:
    return [sample for sample in SAMPLES if ending(sample) in endings]


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    """The current file of every asset."""
    return {sample.key: make_file(sample, sample.versions, seed=1) for sample in SAMPLES}


@pytest.fixture(scope="module")
def slides(files: Mapping[str, bytes]) -> Mapping[str, list[str]]:
    """Every deck's words, slide by slide, read as the library reads them."""
    from pptx import Presentation

    found = {}
    for sample in of_kind("pptx"):
        deck = Presentation(io.BytesIO(files[sample.key]))
        found[sample.key] = ["\n".join(said(slide.shapes)) for slide in deck.slides]
    return found


def said(shapes: object) -> list[str]:
    words = []
    for shape in shapes:  # type: ignore[attr-defined]
        if shape.has_text_frame:
            words.append(shape.text_frame.text)
        if shape.has_table:
            words += [cell.text for row in shape.table.rows for cell in row.cells]
        if shape.has_chart:
            plot = shape.chart.plots[0]
            words += [str(category) for category in plot.categories]
    return words


@pytest.mark.parametrize("key", ONE_OF_EACH)
def test_the_same_seed_gives_the_same_bytes(key: str, files: Mapping[str, bytes]) -> None:
    sample = next(sample for sample in SAMPLES if sample.key == key)
    again = make_file(sample, sample.versions, seed=1)
    assert again == files[key]


def test_another_seed_draws_another_picture() -> None:
    deck = next(sample for sample in SAMPLES if sample.key == "night-shift-briefing")
    assert make_file(deck, 1, seed=1) != make_file(deck, 1, seed=2)


def test_no_two_files_are_the_same(files: Mapping[str, bytes]) -> None:
    assert len(set(files.values())) == len(SAMPLES)


def test_files_are_small(files: Mapping[str, bytes]) -> None:
    assert max(map(len, files.values())) < 400_000
    assert sum(map(len, files.values())) < 12_000_000


def test_decks_have_eight_to_twenty_four_slides(slides: Mapping[str, list[str]]) -> None:
    assert len(slides) == 26
    for key, deck in slides.items():
        assert 8 <= len(deck) <= 24, key
        assert all(len(words) > 12 for words in deck), key


def test_decks_hold_native_charts_tables_pictures_and_notes(files: Mapping[str, bytes]) -> None:
    from pptx import Presentation

    kinds = {"chart": 0, "table": 0, "picture": 0, "notes": 0}
    for sample in of_kind("pptx"):
        for slide in Presentation(io.BytesIO(files[sample.key])).slides:
            kinds["chart"] += any(shape.has_chart for shape in slide.shapes)
            kinds["table"] += any(shape.has_table for shape in slide.shapes)
            kinds["picture"] += any(shape.shape_type == 13 for shape in slide.shapes)
            kinds["notes"] += slide.has_notes_slide
    assert kinds["chart"] >= 30
    assert kinds["table"] >= 20
    assert kinds["picture"] >= 60
    assert kinds["notes"] >= 25


def test_every_slide_has_a_title(files: Mapping[str, bytes]) -> None:
    from pptx import Presentation

    for sample in of_kind("pptx"):
        blocks = sample.pages(sample.versions)
        deck = Presentation(io.BytesIO(files[sample.key]))
        titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
        assert titles == [block.title for block in blocks], sample.key


def test_nothing_lies_outside_of_a_slide(files: Mapping[str, bytes]) -> None:
    from pptx import Presentation

    for sample in of_kind("pptx"):
        deck = Presentation(io.BytesIO(files[sample.key]))
        for number, slide in enumerate(deck.slides, 1):
            for shape in slide.shapes:
                assert shape.left >= 0, (sample.key, number, shape.name)
                assert shape.top >= 0, (sample.key, number, shape.name)
                assert shape.left + shape.width <= deck.slide_width + 40_000, (sample.key, number)
                assert shape.top + shape.height <= deck.slide_height + 40_000, (sample.key, number)


@pytest.mark.parametrize("word", ONLY_ONCE)
def test_a_word_stands_on_its_seventh_slide_alone(
    word: str, slides: Mapping[str, list[str]], files: Mapping[str, bytes]
) -> None:
    found = [
        (key, number)
        for key, deck in slides.items()
        for number, words in enumerate(deck, 1)
        if re.search(rf"\b{word}\b", words, re.IGNORECASE)
    ]
    assert found == [ONLY_ONCE[word]]
    assert not any(word in pdf_words(files[sample.key]).lower() for sample in of_kind("pdf"))


def pdf_words(data: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    words = []
    for index in range(len(document)):
        page = document[index]
        text = page.get_textpage()
        words.append(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return "\n".join(words)


def test_documents_say_what_they_hold(files: Mapping[str, bytes]) -> None:
    import pypdfium2

    for sample in of_kind("pdf"):
        document = pypdfium2.PdfDocument(files[sample.key])
        assert 1 <= len(document) <= 8, sample.key
        assert sample.sure_pages(sample.versions) <= len(document), sample.key
        if sample.type == "One-pager":
            assert len(document) == 1, sample.key
        if sample.type in {"Case study", "White paper"}:
            assert len(document) >= 2, sample.key
        document.close()
        words = " ".join(pdf_words(files[sample.key]).split())
        for block in sample.pages(sample.versions):
            for row in block.rows:
                assert row[0].split(" ")[0] in words, (sample.key, row)


def test_accents_come_through(files: Mapping[str, bytes]) -> None:
    assert "Która maszyna" in " ".join(pdf_words(files["predict-na-jednej-stronie"]).split())
    assert "Käserei" in pdf_words(files["oberland-kaeserei"])
    assert "förvarning" in pdf_words(files["nordmark-paper-sv"])


def test_documents_open_in_word(files: Mapping[str, bytes]) -> None:
    from docx import Document

    for sample in of_kind("docx"):
        document = Document(io.BytesIO(files[sample.key]))
        assert document.paragraphs[0].text == sample.pages(sample.versions)[0].title
        assert document.core_properties.author == person(sample.owner).name
        assert sum(len(paragraph.text) for paragraph in document.paragraphs) > 500, sample.key


def test_calculators_carry_formulas_and_their_values(files: Mapping[str, bytes]) -> None:
    from openpyxl import load_workbook

    for sample in of_kind("xlsx"):
        formulas = load_workbook(io.BytesIO(files[sample.key]))
        values = load_workbook(io.BytesIO(files[sample.key]), data_only=True)
        computed = 0
        for sheet in formulas.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and cell.value.startswith("="):
                        computed += 1
                        assert values[sheet.title][cell.coordinate].value, cell.coordinate
        assert computed >= 3, sample.key


def test_a_stop_costs_what_the_calculator_says(files: Mapping[str, bytes]) -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(files["stop-cost-calculator"]), data_only=True)
    sheet = book["Your line"]
    hours, output, scrap, stops, overtime = (sheet[f"B{row}"].value for row in range(5, 10))
    assert sheet["B10"].value == hours * (output + overtime) + stops * scrap
    assert sheet["B11"].value == sheet["B10"].value * 12


def test_pictures_open(files: Mapping[str, bytes]) -> None:
    from PIL import Image

    for sample in of_kind("png", "jpg"):
        with Image.open(io.BytesIO(files[sample.key])) as picture:
            assert picture.width == 1600
            assert len(picture.convert("RGB").resize((32, 32)).getcolors(1024) or []) > 10
    for sample in of_kind("svg"):
        assert files[sample.key].startswith(b"<svg ")
