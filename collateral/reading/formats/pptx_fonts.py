"""Making a deck fit the fonts at hand before it is drawn.

The drawer takes one font for a whole run of text and knows no fallback for a letter that the font
lacks. So runs are cut where the script changes and each piece is given a bundled font that has its
letters; the picture-letters of Wingdings and Symbol become the characters they show.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile

from lxml import etree

from collateral.reading.fonts import STAND_INS, Face, faces
from collateral.reading.formats.package import parse_xml, part
from collateral.reading.formats.wingdings import PICTURE_FONTS, shown
from collateral.reading.scripts import LATIN, runs

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DRAWN = re.compile(
    r"ppt/(slides|slideLayouts|slideMasters|charts|diagrams|theme|drawings)/[^/]+\.xml$"
)
_TYPEFACE = re.compile(rb'typeface="([^"]{1,80})"')
# Themes name a font for each script. Words in such are given fonts of ours, see `_fit`.
_BY_SCRIPT = re.compile(rb'<a:font\s+script="[^"]*"\s+typeface="[^"]*"\s*/>')
_FOREIGN = re.compile("[\u0590-\u1fff\u2460-\u25ff\u2600-\uffef\U0001f000-\U0003ffff]|&#")
_FONT_TAGS = tuple(f"{_A}{name}" for name in ("latin", "ea", "cs", "sym"))
_AFTER_FONTS = tuple(f"{_A}{name}" for name in ("hlinkClick", "hlinkMouseOver", "rtl", "extLst"))
_MOST_FACES = 240
# The drawer knows the widths of these fonts' own letters and would set the stand-in's letters at
# them, which looks torn. Under the stand-in's name they keep their own.
_MEASURED = {
    "Helvetica": "Liberation Sans", "Helvetica Neue": "Liberation Sans",
    "Verdana": "Liberation Sans", "Tahoma": "Liberation Sans", "Trebuchet MS": "Liberation Sans",
    "Franklin Gothic Book": "Liberation Sans", "Century Gothic": "Liberation Sans",
    "Avenir": "Liberation Sans", "Avenir Next": "Liberation Sans", "Futura": "Liberation Sans",
    "Arial Black": "Liberation Sans", "Aptos": "Carlito", "Corbel": "Carlito",
    "Gill Sans MT": "Carlito", "Gill Sans": "Carlito", "Tw Cen MT": "Carlito",
    "Book Antiqua": "Liberation Serif", "Bookman Old Style": "Liberation Serif",
    "Consolas": "Liberation Mono",
}  # fmt: skip
_MEASURED_XML = {
    f'typeface="{name}"'.encode(): f'typeface="{own}"'.encode() for name, own in _MEASURED.items()
}
_REWRITTEN_MB = 300
_BY_NAME = {name.casefold(): family for family, names in STAND_INS.items() for name in names}
_GUESSES = (
    (re.compile(r"mono|code|courier|consol|terminal", re.I), "LiberationMono"),
    (
        re.compile(
            r"gothic|mincho|ming|song|hei|kai|yahei|cjk|han|batang|gulim|dotum|[^\x00-\u2e7f]",
            re.I,
        ),
        "NotoSansCJK",
    ),
    (re.compile(r"narrow|condensed|calibri|carlito|aptos", re.I), "Carlito"),
    (re.compile(r"sans|grotesk", re.I), "LiberationSans"),
    (re.compile(r"serif|roman|times|garamond|georgia|baskerville|bodoni|didot|minion", re.I),
     "LiberationSerif"),
)  # fmt: skip


def family_for(name: str) -> str:
    """The bundled family that stands in for a named font."""
    known = _BY_NAME.get(name.casefold())
    if known:
        return known
    for pattern, family in _GUESSES:
        if pattern.search(name):
            return family
    return LATIN


def fitted(archive: zipfile.ZipFile, data: bytes) -> tuple[bytes, list[tuple[str, Face]]]:
    """The deck, rewritten where it must be, and the faces to register under the names it uses."""
    names: set[str] = set()
    rewritten: dict[str, bytes] = {}
    used: set[str] = set()
    size = sum(entry.file_size for entry in archive.infolist())
    for name in archive.namelist():
        if not _DRAWN.match(name):
            continue
        original = xml = part(archive, name)
        for measured, own in _MEASURED_XML.items():
            xml = xml.replace(measured, own)
        named = _TYPEFACE.findall(_BY_SCRIPT.sub(b"", xml))
        names |= {found.decode("utf-8", "replace") for found in named}
        if size < _REWRITTEN_MB << 20 and _needs_fitting(xml):
            xml = _fit(xml, used)
        if xml != original:
            rewritten[name] = xml
    if rewritten:
        data = _repacked(archive, rewritten)
    return data, _faces(names, used)


def _faces(names: set[str], used: set[str]) -> list[tuple[str, Face]]:
    """Arial first, for it serves every name that was not registered."""
    wanted = ["Arial", *sorted(used)]
    wanted += sorted(name for name in names if not name.startswith("+") and name != "Arial")
    chosen: list[tuple[str, Face]] = []
    for name in dict.fromkeys(wanted):
        for face in faces(family_for(name)):
            if len(chosen) < _MOST_FACES:
                chosen.append((name, face))
    return chosen


def _needs_fitting(xml: bytes) -> bool:
    if any(font.encode() in xml for font in PICTURE_FONTS):
        return True
    return _FOREIGN.search(xml.decode("utf-8", "replace")) is not None


def _fit(xml: bytes, used: set[str]) -> bytes:
    try:
        root = parse_xml(xml)
    except etree.XMLSyntaxError:
        return xml
    for bullet in list(root.iter(f"{_A}buChar")):
        _fit_bullet(bullet, used)
    for run in list(root.iter(f"{_A}r")):
        _fit_run(run, used)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def _fit_bullet(bullet: etree._Element, used: set[str]) -> None:
    properties = bullet.getparent()
    font = properties.find(f"{_A}buFont") if properties is not None else None
    char = bullet.get("char") or ""
    if font is not None and font.get("typeface") in PICTURE_FONTS:
        char = shown(char, font.get("typeface") or "")
    pieces = runs(char)
    if not pieces:
        return
    bullet.set("char", char)
    name = _registered(pieces[0][0], used)
    if font is None:
        font = etree.Element(f"{_A}buFont")
        bullet.addprevious(font)
    font.attrib.clear()
    font.set("typeface", name)


def _fit_run(run: etree._Element, used: set[str]) -> None:
    text = run.find(f"{_A}t")
    properties = run.find(f"{_A}rPr")
    if text is None or not text.text:
        return
    words = text.text
    if properties is not None:
        for tag in ("latin", "sym"):
            font = properties.find(f"{_A}{tag}")
            if font is not None and font.get("typeface") in PICTURE_FONTS:
                # `sym` names the font of the private-use letters only, `latin` of all of them.
                words = shown(words, font.get("typeface") or "", private_only=tag == "sym")
                if tag == "latin":
                    properties.remove(font)
    text.text = words
    pieces = runs(words)
    if all(family == LATIN for family, _ in pieces):
        return
    after = run
    for index, (family, piece) in enumerate(pieces):
        target = run if index == 0 else copy.deepcopy(run)
        node = target.find(f"{_A}t")
        if node is not None:
            node.text = piece
        _set_font(target, family if family != LATIN else None, used)
        if index:
            after.addnext(target)
            after = target


def _set_font(run: etree._Element, family: str | None, used: set[str]) -> None:
    properties = run.find(f"{_A}rPr")
    if properties is None:
        if family is None:
            return
        properties = etree.Element(f"{_A}rPr")
        run.insert(0, properties)
    if family is None:
        return
    for child in list(properties):
        if child.tag in _FONT_TAGS:
            properties.remove(child)
    latin = etree.Element(f"{_A}latin", typeface=_registered(family, used))
    follower = next((child for child in properties if child.tag in _AFTER_FONTS), None)
    if follower is None:
        properties.append(latin)
    else:
        follower.addprevious(latin)


def _registered(family: str, used: set[str]) -> str:
    name = STAND_INS[family][0]
    used.add(name)
    return name


def _repacked(archive: zipfile.ZipFile, rewritten: dict[str, bytes]) -> bytes:
    """The package with some parts replaced, stored unpacked: it lives only until it is drawn."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name in dict.fromkeys(archive.namelist()):
            if not name.endswith("/"):
                target.writestr(name, rewritten.get(name) or part(archive, name))
    return out.getvalue()
