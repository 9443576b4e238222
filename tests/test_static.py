"""What pages are made of: one stylesheet, small modules, no styles or scripts inside templates."""

from __future__ import annotations

import gzip
import hashlib
import re
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "mail" not in path.parts]
MOST_BYTES = 60_000

sys.path.insert(0, str(ROOT / "tools"))
import build_static  # noqa: E402


def test_generated_files_are_current() -> None:
    assert build_static.main(["--check"]) == 0, "run tools/build_static.py"


def test_a_changed_block_makes_the_stylesheet_stale(tmp_path: Path) -> None:
    css = tmp_path / "css"
    (css / "blocks").mkdir(parents=True)
    for name in ("tokens.css", "base.css", "tools.css", "blocks/print.css"):
        (css / name).write_text("", "utf-8")
    before = build_static.stylesheet(css)
    (css / "blocks" / "card.css").write_text("/* why */\n.card { color: var(--ink); }\n", "utf-8")
    after = build_static.stylesheet(css)
    assert after != before
    assert ".card { color: var(--ink); }" in after
    assert "why" not in after


def test_styles_and_scripts_together_stay_small() -> None:
    files = [STATIC / "css" / "app.css", *sorted((STATIC / "js").glob("*.js"))]
    weight = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
    assert weight < MOST_BYTES


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_style_or_script_stands_in_a_template(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle=|<style|<[a-z][^>{]*\son[a-z]+=|javascript:", text)
    assert not re.search(r"\|\s*safe\b|Markup\(", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "nonce=" in script
        assert "src=" in script or 'type="importmap"' in script


def test_every_behaviour_has_its_module() -> None:
    named = {
        name
        for path in TEMPLATES
        for value in re.findall(r'data-behaviour="([^"{]+)"', path.read_text("utf-8"))
        for name in value.split()
    }
    modules = {path.stem for path in (STATIC / "js").glob("*.js")}
    assert named
    assert named <= modules


def test_every_icon_is_drawn() -> None:
    drawn = set(re.findall(r'id="i-([a-z-]+)"', (STATIC / "icons.svg").read_text("utf-8")))
    text = "\n".join(path.read_text("utf-8") for path in TEMPLATES)
    called = set(re.findall(r'\b(?:icon|draw)\("([a-z-]+)"', text))
    called |= set(re.findall(r'\bicon(?:_name)?="([a-z-]+)"', text))
    assert called
    assert called <= drawn


def test_every_distance_that_a_template_names_is_one() -> None:
    text = "\n".join(path.read_text("utf-8") for path in TEMPLATES)
    named = set(re.findall(r"\b(?:above|below)-\d\b", text))
    known = set(re.findall(r"\.((?:above|below)-\d) ", (STATIC / "css" / "tools.css").read_text()))
    assert named
    assert named <= known


def test_styles_name_roles_not_values() -> None:
    """Colours live in tokens.css; a block may mix roles but names no colour of its own."""
    own = {}
    for path in sorted((STATIC / "css" / "blocks").glob("*.css")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        if found := set(re.findall(r"#[0-9a-fA-F]{3,8}\b", text)):
            own[path.name] = found
    # Words on a picture, the two darkest steps of an amount, and paper.
    allowed = {"picture.css", "chart.css", "print.css"}
    assert set(own) <= allowed


def test_styles_and_scripts_are_sent_compressed_and_kept(client: FlaskClient) -> None:
    with client.get("/static/css/app.css") as plain:
        whole = plain.data
        assert "Content-Encoding" not in plain.headers
    takes = {"Accept-Encoding": "gzip, br"}
    packed = client.get("/static/css/app.css?v=1", headers=takes)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == whole
    assert len(packed.data) == packed.content_length < len(whole) / 3
    assert "immutable" in packed.headers["Cache-Control"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    known = takes | {"If-None-Match": packed.headers["ETag"]}
    with client.get("/static/css/app.css", headers=known) as again:
        assert again.status_code == 304


def test_what_is_taken_from_others_is_as_its_manifest_says() -> None:
    """`static/vendor/MANIFEST.sha256` names every file there; today there is none to name."""
    folder = STATIC / "vendor"
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "MANIFEST.sha256")
    listed = (folder / "MANIFEST.sha256").read_text("utf-8").splitlines() if files else []
    digests = [
        f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(folder).as_posix()}"
        for p in files
    ]
    assert digests == listed
    for path in PAGES:
        assert not re.search(r'(?:src|href)="(?:https?:)?//', path.read_text("utf-8")), path
