"""Every real file ends in a state with a sentence, inside its limits, leaving nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from collateral.reading import door
from collateral.reading.confine import shared
from collateral.reading.confined import processes
from collateral.reading.results import Limits
from collateral.reading.sniff import identify

FILES = Path(os.environ.get("COLLATERAL_FILES") or Path(__file__).parents[3] / "shared" / "files")
# Long decks say nothing that their first pages do not, and the suite has fifteen minutes.
LIMITS = Limits(wall_seconds=60, preview_pages=3)


def _files() -> list[object]:
    found = [path for path in sorted(FILES.rglob("*")) if path.is_file()]
    if not found:
        return [pytest.param(None, marks=pytest.mark.skip(reason="no real files here"), id="none")]
    return [pytest.param(path, id=str(path.relative_to(FILES))) for path in found]


REFUSED = {
    "ecdl paris.ppt": "older than 97",
    "encryption_openpassword.pdf": "has a password",
    "r6-user-password.pdf": "has a password",
    "testEXCEL_protected_passtika.xlsx": "has a password",
    "clusterfuzz-testcase-minimized-POIXSLFFuzzer-5463285576892416.pptx": "damaged",
    "clusterfuzz-testcase-minimized-POIXWPFFuzzer-4959857092198400.docx": "damaged",
    "poc-xmlbomb.xlsx": "damaged",
    "poppler-395-0-fuzzed.pdf": "damaged",
    "testWORD_truncated.docx": "damaged",
    "testZIP_corrupted_oom.zip": "damaged",
    "timeout-1ee28a249896e05b83840ae8140622de8e648ba9.psd": "damaged",
}


@pytest.mark.parametrize("path", _files())
def test_t20_t21_every_real_file_ends_with_a_state_and_a_sentence(
    path: Path, tmp_path: Path, temporary: Path
):
    reading = door.read(path, identify(path, path.name), tmp_path, limits=LIMITS)

    if path.name in REFUSED:
        assert REFUSED[path.name] in (reading.error or "")
    else:
        assert reading.error is None
        assert reading.pages
        assert reading.previews or reading.preview_missing
    for sentence in (reading.error, reading.preview_missing, *reading.notices):
        assert sentence is None or sentence.rstrip()[-1] in ".:)?!"
    assert reading.seconds.wall < LIMITS.wall_seconds
    for preview in reading.previews:
        with Image.open(preview.path) as image:
            assert (image.format, image.size) == ("WEBP", (preview.width, preview.height))
            assert not image.getexif()
    server = shared().server_pid
    assert server is None or processes.descendants(server) == set()
    assert [left for left in temporary.iterdir() if "office" not in left.name] == []


def test_the_huge_logo_has_its_own_sentence(real_files: Path, tmp_path: Path):
    path = real_files / "docling-horizontal-color.png"
    reading = door.read(path, identify(path, path.name), tmp_path)
    assert reading.error is None
    assert "189 million pixels" in (reading.preview_missing or "")


def test_text_stands_where_people_know_it(real_files: Path, tmp_path: Path):
    """Words known to be in the files, each in a format of its own."""
    for name, page, words in (
        ("alterman_security.ppt", 2, "You forget the password"),
        ("alterman_security.pptx", 2, "You forget the password"),
        ("testKeynote2013.key", 1, "A sample presentation"),
        ("Sony-Education.odp", 1, "Education"),
        ("testRTFJapanese.rtf", 1, "ゾルゲ"),
        ("habibi.pdf", 1, "habibi"),
        ("Arm.pdf", 1, "Journey to"),
        ("lorem-ipsum.htm", 1, "Lorem ipsum"),
        ("testTXT_win-1252.txt", 1, "“windows”"),
        ("moby.zip", 1, "moby.100"),
    ):
        path = real_files / name
        reading = door.read(path, identify(path, name), tmp_path, want=frozenset({door.Step.TEXT}))
        assert words in reading.pages[page - 1].text, name
