"""LibreOffice through the same door: it draws, and it fetches, runs and leaves nothing."""

from __future__ import annotations

import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from collateral.reading import door, office
from collateral.reading.confine import shared
from collateral.reading.confined import processes
from collateral.reading.kinds import KINDS
from collateral.reading.results import DEFAULT, Limits, Reading
from collateral.reading.sniff import identify
from tests.reading import makers

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed"),
]


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server that remembers who asked it for anything."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_GET

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    with makers.own_temporary_folder(monkeypatch) as folder:
        yield folder


def read(path: Path, out: Path, limits: Limits = DEFAULT) -> Reading:
    return door.read(path, identify(path, path.name), out, limits=limits)


def external_document(path: Path, address: str) -> Path:
    """A docx whose picture lies at an address, and whose template does too."""
    plain = makers.document(path.with_suffix(".plain.docx"))
    with zipfile.ZipFile(plain) as old:
        relations = old.read("word/_rels/document.xml.rels").decode()
        body = old.read("word/document.xml").decode()
    office_type = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = relations.replace(
        "</Relationships>",
        f'<Relationship Id="rIdX" Type="{office_type}/image" Target="{address}/picture.png"'
        ' TargetMode="External"/></Relationships>',
    )
    drawing = (
        '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml">'
        '<v:shape style="width:200pt;height:200pt"><v:imagedata r:id="rIdX"'
        f' xmlns:r="{office_type}"/></v:shape></w:pict></w:r></w:p>'
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>'
        f'INCLUDEPICTURE "{address}/field.png" \\d</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    body = body.replace("<w:sectPr", drawing + "<w:sectPr", 1)
    return makers.repacked(
        plain, path,
        **{"word/_rels/document.xml.rels": relations.encode(), "word/document.xml": body.encode()},
    )  # fmt: skip


def external_text(path: Path, address: str) -> Path:
    return makers.opendocument(
        path, KINDS["odt"].media_type,
        '<office:text xmlns:xlink="http://www.w3.org/1999/xlink"><text:p>Before'
        f'<draw:frame><draw:image xlink:href="{address}/picture.png" xlink:show="embed"'
        ' xlink:actuate="onLoad"/></draw:frame></text:p></office:text>',
    )  # fmt: skip


@pytest.mark.parametrize("make", [external_document, external_text])
@pytest.mark.parametrize("where", ["network", "file"])
def test_t16_what_a_document_points_at_is_not_fetched(tmp_path, canary, make, where):
    address, asked = canary
    secret = tmp_path / "canary" / "picture.png"
    secret.parent.mkdir()
    makers.image((600, 600), "#ff0000").save(secret)
    target = address if where == "network" else f"file://{secret.parent}"
    name = "x.docx" if make is external_document else "x.odt"
    reading = read(make(tmp_path / name, target), tmp_path)
    assert reading.error is None
    assert reading.previews
    assert "only the words" not in " ".join(reading.notices)
    assert asked == []
    assert not any(_is_red(preview.path) for preview in reading.previews)


def _is_red(path: Path) -> bool:
    from PIL import Image

    with Image.open(path) as image:
        colours = image.convert("RGB").getcolors(1 << 24) or []
    return sum(n for n, (r, g, b) in colours if r > 200 > 90 > max(g, b)) > 2000


def test_words_and_pictures_of_a_document_agree_page_by_page(tmp_path):
    reading = read(makers.document(tmp_path / "d.docx"), tmp_path)
    assert len(reading.pages) == 2
    assert "second page" in reading.pages[1].text
    assert {preview.page for preview in reading.previews} == {1, 2}
    assert reading.properties["author"] == "Ines Vidal"
    assert "The preview shows the words only, not the layout." not in reading.notices


def test_t21_noise_with_an_office_name_falls_back_to_a_sentence(tmp_path):
    path = tmp_path / "noise.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 64)
    reading = read(path, tmp_path)
    assert reading.error


def test_t21_a_run_over_time_leaves_no_process_and_no_folder(tmp_path, temporary):
    path = makers.document(tmp_path / "d.docx")
    with office.printed(shared(), path, KINDS["docx"], DEFAULT) as pdf:
        assert pdf is not None  # the profile's template exists from here on
    with office.printed(shared(), path, KINDS["docx"], Limits(wall_seconds=0.2)) as pdf:
        assert pdf is None
    server = shared().server_pid
    assert server is not None
    assert processes.descendants(server) == set()
    assert [left for left in temporary.iterdir() if "office" not in left.name] == []


def test_t17_a_macro_that_runs_by_itself_does_not(tmp_path):
    sentinel = tmp_path / "sentinel"
    plain = makers.opendocument(
        tmp_path / "plain.odt", KINDS["odt"].media_type,
        '<office:text xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink"><text:p>Hello</text:p></office:text>',
    )  # fmt: skip
    module = (
        '<?xml version="1.0"?><script:module xmlns:script="http://openoffice.org/2000/script"'
        ' script:name="M" script:language="StarBasic">Sub Main\n'
        f'Open "{sentinel}" For Output As #1\nPrint #1, "ran"\nClose #1\nEnd Sub</script:module>'
    )
    content = zipfile.ZipFile(plain).read("content.xml").decode()
    events = (
        "<office:scripts><office:event-listeners><script:event-listener"
        ' script:language="ooo:script" script:event-name="dom:load"'
        ' xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document"'
        ' xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink"/></office:event-listeners></office:scripts>'
    )
    path = makers.repacked(
        plain, tmp_path / "macro.odt",
        **{
            "content.xml": content.replace("<office:body>", events + "<office:body>").encode(),
            "Basic/Standard/M.xml": module.encode(),
        },
    )  # fmt: skip
    reading = read(path, tmp_path)
    assert any(notice.startswith("Contains macros.") for notice in reading.notices)
    assert not sentinel.exists()
