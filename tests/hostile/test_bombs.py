"""Files made to explode, to loop or to fetch: each ends with a sentence, inside its limits."""

from __future__ import annotations

import io
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from collateral.reading import door
from collateral.reading.results import Limits, Reading, Step
from collateral.reading.sniff import identify
from tests.reading import makers

Read = Callable[..., Reading]
LIMITS = Limits(wall_seconds=100)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    out = tmp_path / "previews"
    out.mkdir()

    def _read(path: Path, limits: Limits = LIMITS) -> Reading:
        return door.read(path, identify(path, path.name), out, limits=limits)

    return _read


def test_t19_an_office_file_that_unpacks_to_gigabytes_is_not_opened(read: Read, tmp_path: Path):
    plain = makers.deck(tmp_path / "plain.pptx", slides=1)
    bomb = tmp_path / "bomb.pptx"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        zeros = bytes(16 << 20)
        for number in range(40):
            new.writestr(f"ppt/media/image{number}.bmp", zeros)
    assert bomb.stat().st_size < 2 << 20
    free = shutil.disk_usage(tempfile.gettempdir()).free
    reading = read(bomb)
    assert "like a zip bomb" in (reading.error or "")
    assert shutil.disk_usage(tempfile.gettempdir()).free > free - (64 << 20)


def test_t19_a_part_that_lies_about_its_size_is_cut_short(read: Read, tmp_path: Path):
    """The directory says a few bytes; the stream holds 200 MB."""
    plain = makers.document(tmp_path / "plain.docx")
    with zipfile.ZipFile(plain) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["word/document.xml"] = b"<w:p>" + b" " * (200 << 20)
    bomb = tmp_path / "liar.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    data = bytearray(bomb.read_bytes())
    size = struct.pack("<I", len(parts["word/document.xml"]))
    bomb.write_bytes(bytes(data).replace(size, struct.pack("<I", 300)))
    assert "damaged" in (read(bomb).error or "")


def test_t19_an_archive_is_listed_and_its_bomb_named(read: Read, tmp_path: Path):
    path = tmp_path / "kit.zip"
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(64 << 20))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"zeros{number}", bytes(64 << 20))
        archive.writestr("nested.zip", inner.getvalue())
    reading = read(path)
    assert reading.error is None
    assert any("like a zip bomb" in notice for notice in reading.notices)
    assert "Holds other archives, whose content is not listed." in reading.notices


def test_t23_names_that_climb_out_are_shown_and_never_followed(read: Read, tmp_path: Path):
    path = tmp_path / "slip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../escaped.txt", "x")
        archive.writestr("/absolute.txt", "x")
    reading = read(path)
    assert "../../escaped.txt" in reading.pages[0].text
    assert any("outside its own folder" in notice for notice in reading.notices)
    assert not (tmp_path.parent.parent / "escaped.txt").exists()


def _laughs(root: str) -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    return f'<?xml version="1.0"?><!DOCTYPE x [{entities}]>{root}'.encode()


def test_t18_a_billion_laughs_in_office_files(read: Read, tmp_path: Path):
    strings = "<sst><si><t>&a9;</t></si></sst>"
    for plain, part, root in (
        (makers.workbook(tmp_path / "w.xlsx"), "xl/sharedStrings.xml", strings),
        (makers.document(tmp_path / "d.docx"), "word/document.xml", "<w>&a9;</w>"),
        (makers.deck(tmp_path / "p.pptx"), "ppt/slides/slide1.xml", "<p>&a9;</p>"),
    ):  # fmt: skip
        path = makers.repacked(plain, tmp_path / f"bomb-{plain.name}", **{part: _laughs(root)})
        reading = read(path)
        assert reading.seconds.wall < LIMITS.wall_seconds
        assert "haha" not in "".join(page.text for page in reading.pages)


def test_t18_an_entity_reads_no_file(read: Read, tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the canary sings")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    path = tmp_path / "x.svg"
    path.write_text(f'{entity}<svg xmlns="http://www.w3.org/2000/svg"><text>&e;</text></svg>')
    odt = makers.opendocument(
        tmp_path / "x.odt", "application/vnd.oasis.opendocument.text", "<office:text/>"
    )
    content = zipfile.ZipFile(odt).read("content.xml").decode()
    body = "<office:text><text:p>&e;</text:p></office:text>"
    hostile = entity + content.replace("<office:text/>", body)
    hacked = makers.repacked(odt, tmp_path / "y.odt", **{"content.xml": hostile.encode()})
    for file in (path, hacked):
        reading = read(file)
        assert "canary" not in "".join(page.text for page in reading.pages)


def test_t20_a_picture_bomb_is_measured_before_it_is_decoded(read: Read, tmp_path: Path):
    """A PNG of a few hundred bytes that claims 60,000 by 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9999)))
        + chunk(b"IEND", b"")
    )  # fmt: skip
    reading = read(path)
    assert reading.error is None
    assert "3,600 million pixels" in (reading.preview_missing or "")


def test_t20_a_picture_within_the_limit_but_beyond_the_memory_says_so(read: Read, tmp_path: Path):
    path = tmp_path / "large.tif"
    makers.image((9000, 9000)).save(path, compression="tiff_lzw")
    reading = read(path, Limits(wall_seconds=100, memory_mb=380))
    assert "memory" in (reading.preview_missing or "")


def test_t16_a_drawing_fetches_nothing(read: Read, tmp_path: Path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/canary.png"
        path = tmp_path / "x.svg"
        path.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
            f' viewBox="0 0 10 10"><image xlink:href="{address}" width="10" height="10"/>'
            f'<image href="file:///etc/passwd" width="9" height="9"/></svg>'
        )
        reading = read(path)
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
    assert "Refers to content outside the file, which is not fetched here." in reading.notices


def test_t01_scripts_in_a_drawing_are_told_and_dropped(read: Read, tmp_path: Path):
    path = tmp_path / "x.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script>'
        '<rect width="5" height="5" onclick="alert(1)"/></svg>'
    )
    reading = read(path)
    assert "Contains scripts, which never run here." in reading.notices
    assert "alert" not in reading.pages[0].text
    assert reading.previews


def test_t21_a_pdf_whose_pages_name_themselves(read: Read, tmp_path: Path):
    path = tmp_path / "loop.pdf"
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )
    reading = read(path)
    assert reading.seconds.wall < LIMITS.wall_seconds
    assert reading.error or reading.preview_missing


def test_t21_a_file_over_its_limits_keeps_what_came_before(read: Read, tmp_path: Path):
    """Too much in the middle: the text is kept, the sentence says why the rest is missing."""
    from fpdf import FPDF
    from PIL import Image

    made = FPDF()
    for number in range(1, 6):
        made.add_page()
        made.set_font("Helvetica", size=20)
        made.cell(text=f"Page {number}")
        made.image(Image.effect_noise((1200, 1600), 200), x=0, y=30, w=210)
    path = tmp_path / "noisy.pdf"
    made.output(str(path))
    reading = read(path, Limits(wall_seconds=60, answer_mb=1))
    assert reading.error is None
    assert len(reading.pages) == 5
    assert reading.failures[Step.PREVIEWS] == "Reading this file gave more than the 1 MB allowed."
