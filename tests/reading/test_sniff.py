"""What a file is, by its content; and the sentence when its name says otherwise."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from collateral.reading.kinds import KINDS
from collateral.reading.sniff import extension_of, identify
from tests.reading import makers

BYTES = {
    "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 40,
    "gif": b"GIF89a" + b"\0" * 40,
    "webp": b"RIFF\x20\0\0\0WEBPVP8 " + b"\0" * 40,
    "tif": b"II*\0" + b"\0" * 40,
    "avif": b"\0\0\0\x1cftypavif\0\0\0\0mif1miaf" + b"\0" * 40,
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40,
    "mp4": b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0" * 40,
    "mov": b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + b"\0" * 40,
    "webm": b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"\0" * 40,
    "pdf": b"%PDF-1.7\n" + b"x" * 40,
    "rtf": b"{\\rtf1\\ansi hello}",
    "svg": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "html": b"<!DOCTYPE html>\n<html><body>hi</body></html>",
}


@pytest.mark.parametrize("named", sorted(KINDS))
@pytest.mark.parametrize("content", sorted(BYTES))
def test_t03_content_decides_whatever_the_name(tmp_path: Path, content: str, named: str):
    """Extension times magic: the kind is the content's, and a false name is told."""
    path = tmp_path / "upload"
    path.write_bytes(BYTES[content])
    kind = identify(path, f"brochure.{named}")
    if content == "html" and named in ("txt", "md", "csv"):
        assert kind.media_type == KINDS[named].media_type  # text that shows a page's source
        return
    assert kind.extension == content
    if named == content:
        assert kind.mismatch is None
    elif KINDS[named].family != kind.family:
        allowed = (content, named) == ("rtf", "doc") or (content, named) == ("heic", "jpg")
        assert (kind.mismatch is None) is allowed


def test_t03_a_page_named_as_a_picture_is_a_page(tmp_path: Path):
    path = tmp_path / "upload"
    path.write_bytes(b"<script>alert(1)</script>")
    kind = identify(path, "logo.png")
    assert kind.media_type == "text/html"
    assert kind.mismatch == (
        "The name ends in .png (PNG picture), but the content is another kind: Web page (HTML)."
    )


@pytest.mark.parametrize(
    ("maker", "extension", "family"),
    [
        (makers.deck, "pptx", "deck"),
        (makers.document, "docx", "document"),
        (makers.workbook, "xlsx", "sheet"),
        (makers.pdf, "pdf", "pdf"),
    ],
)
def test_office_files_are_known_by_their_inside(tmp_path: Path, maker, extension, family):
    path = maker(tmp_path / "upload")
    kind = identify(path, "without extension")
    assert (kind.extension, kind.family, kind.mismatch) == (extension, family, None)
    assert not kind.encrypted
    assert not kind.macros


def test_a_truncated_deck_is_still_called_a_deck(tmp_path: Path):
    whole = makers.deck(tmp_path / "whole.pptx").read_bytes()
    path = tmp_path / "half.pptx"
    path.write_bytes(whole[: len(whole) // 2])
    assert identify(path, "half.pptx").label == "PowerPoint deck"


def test_t17_macros_are_seen_in_a_plain_name_too(tmp_path: Path):
    plain = makers.deck(tmp_path / "plain.pptx")
    path = makers.repacked(plain, tmp_path / "macro.pptx", **{"ppt/vbaProject.bin": b"\xd0\xcf"})
    assert identify(path, "macro.pptx").macros


def test_a_locked_pdf_is_noted(tmp_path: Path):
    path = makers.pdf(tmp_path / "locked.pdf", password="secret")
    assert identify(path, "locked.pdf").encrypted


def test_a_zip_is_a_zip(tmp_path: Path):
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert identify(path, "bundle.zip").family == "archive"
    assert identify(path, "bundle.pptx").mismatch is not None


def test_an_empty_file_is_empty(tmp_path: Path):
    path = tmp_path / "nothing.pdf"
    path.touch()
    assert identify(path, "nothing.pdf").label == "Empty file"


def test_a_program_is_some_other_file(tmp_path: Path):
    path = tmp_path / "setup.pdf"
    path.write_bytes(b"MZ\x90\0\x03" + bytes(range(256)) * 8)
    kind = identify(path, "setup.pdf")
    assert kind.family == "other"
    assert kind.mismatch == "The name ends in .pdf (PDF), but the content is not that."


@pytest.mark.parametrize(
    ("name", "extension"),
    [("a.JPEG", "jpg"), ("b.Htm", "html"), ("no", ""), ("c.tar.ZIP", "zip"), ("d\\e.tiff", "tif")],
)
def test_names_are_read_in_their_usual_spelling(name: str, extension: str):
    assert extension_of(name) == extension
