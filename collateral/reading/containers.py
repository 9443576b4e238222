"""Containers that hide what they are: zip (OOXML, OpenDocument, iWork) and OLE (old Office)."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from collateral.reading.kinds import KINDS, LOCKED_OFFICE, OTHER, FileKind

_DIRECTORY_BYTES = 8 * 1024 * 1024
_PART_BYTES = 1024 * 1024
_MAIN_PARTS = (("ppt/", "pptx"), ("word/", "docx"), ("xl/", "xlsx"))
_BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS.values()}


def zip_kind(path: Path, head: bytes, named: str) -> FileKind:
    """Which of the many formats that are zips this one is.

    A damaged zip is named by what its first bytes promise, so that a person reads "this
    PowerPoint deck is damaged" rather than "this archive is".
    """
    try:
        _refuse_huge_directory(path)
        with zipfile.ZipFile(path) as archive:
            return _zip_members(archive, named)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return _by_first_bytes(head, named)


def _zip_members(archive: zipfile.ZipFile, named: str) -> FileKind:
    names = archive.NameToInfo
    if "mimetype" in names:
        kind = _BY_MEDIA_TYPE.get(_part(archive, "mimetype").decode("ascii", "replace").strip())
        if kind is not None:
            locked = b"manifest:encryption-data" in _part(archive, "META-INF/manifest.xml")
            macros = any(name.startswith(("Basic/", "Scripts/")) for name in names)
            return kind.but(encrypted=locked, macros=macros)
    if "[Content_Types].xml" in names:
        return _ooxml(_part(archive, "[Content_Types].xml"), list(names)) or KINDS["zip"]
    if any(name.startswith("Index/") or name == "Index.zip" for name in names):
        return _iwork(list(names), named)
    return KINDS["zip"]


def _ooxml(types: bytes, names: list[str]) -> FileKind | None:
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    for found in re.findall(rb'ContentType\s*=\s*["\']([^"\']+)\.main\+xml', types):
        kind = _BY_MEDIA_TYPE.get(found.decode("ascii", "replace"))
        if kind is not None:
            return kind.but(macros=kind.macros or macros)
    if b"sheet.binary.macroEnabled.main" in types:
        return KINDS["xlsb"]
    for prefix, extension in _MAIN_PARTS:
        if any(name.startswith(prefix) for name in names):
            return KINDS[extension].but(macros=macros)
    return None


def _iwork(names: list[str], named: str) -> FileKind:
    """Keynote, Pages and Numbers share one container; Keynote's slides give it away."""
    if any("Slide" in name for name in names):
        return KINDS["key"]
    return KINDS[named] if named in {"key", "pages", "numbers"} else KINDS["zip"]


def _by_first_bytes(head: bytes, named: str) -> FileKind:
    for prefix, extension in _MAIN_PARTS:
        if prefix.encode() in head:
            return KINDS[extension]
    if head[30:38] == b"mimetype":
        for media_type, kind in _BY_MEDIA_TYPE.items():
            if head[38:].startswith(media_type.encode()):
                return kind
    office = b"[Content_Types].xml" in head or b"_rels/.rels" in head
    if office and named in {"pptx", "docx", "xlsx"}:
        return KINDS[named]
    return KINDS["zip"]


def _refuse_huge_directory(path: Path) -> None:
    """zipfile loads the whole directory at once; look at its stated size before it does."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 66000))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at >= 0 and int.from_bytes(tail[at + 12 : at + 16], "little") > _DIRECTORY_BYTES:
        raise ValueError("zip directory too large")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.NameToInfo:
        return b""
    with archive.open(name) as part:
        return part.read(_PART_BYTES)


def ole_kind(path: Path) -> FileKind:
    """Old Office formats and encrypted new ones are OLE files; the streams' names tell them."""
    import olefile

    try:
        with olefile.OleFileIO(str(path)) as ole:
            streams = {"/".join(entry).lower() for entry in ole.listdir(streams=True)}
    except (OSError, ValueError, IndexError, TypeError, RecursionError, MemoryError):
        return OTHER.but(label="Damaged Office file")
    macros = any("vba" in name or "macros/" in name for name in streams)
    if "encryptedpackage" in streams:
        return LOCKED_OFFICE
    for stream, extension in (
        ("powerpoint document", "ppt"),
        ("pp40", "ppt"),
        ("powerpoint", "ppt"),
        ("worddocument", "doc"),
        ("workbook", "xls"),
        ("book", "xls"),
    ):
        if stream in streams:
            return KINDS[extension].but(macros=macros)
    return OTHER.but(label="OLE file")
