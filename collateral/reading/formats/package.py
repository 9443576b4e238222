"""Zip packages (OOXML, OpenDocument, iWork): opened within limits, and what they hide."""

from __future__ import annotations

import re
import zipfile

from lxml import etree

from collateral.reading import sentences
from collateral.reading.formats.base import Source, Unreadable, damaged

_EXTERNAL = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_TYPE = re.compile(rb"\bType\s*=\s*[\"'][^\"']*/(\w+)[\"']")
_FIELD = re.compile(rb"\b(INCLUDEPICTURE|INCLUDETEXT|DDEAUTO|DDE)\b")
_PART_MB = 256


def open_package(source: Source) -> zipfile.ZipFile:
    """The package, refused with a sentence when it is damaged or would unpack to too much."""
    try:
        archive = zipfile.ZipFile(source.file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise damaged(source.kind) from error
    check_size(archive, source)
    return archive


def check_size(archive: zipfile.ZipFile, source: Source) -> None:
    """Refuse a zip bomb by the sizes in its directory, which bound what zipfile will unpack."""
    entries = archive.infolist()
    limits = source.limits
    if len(entries) > limits.archive_entries:
        held = {"parts": f"{len(entries):,}", "most": f"{limits.archive_entries:,}"}
        raise Unreadable(sentences.TOO_MANY_PARTS % {"kind": source.kind.label, **held})
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    too_large = unpacked > limits.unpacked_mb * 1024 * 1024
    if too_large or (unpacked > 64 << 20 and unpacked / packed > limits.unpacked_ratio):
        size = f"{unpacked / (1 << 20):,.0f}"
        raise Unreadable(sentences.BOMB % {"kind": source.kind.label, "size": size})


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of one part, empty when it is not there or broken."""
    entry = archive.NameToInfo.get(name)
    if entry is None or entry.file_size > _PART_MB << 20:
        return b""
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return b""
    except zipfile.zlib.error:  # type: ignore[attr-defined]
        return b""


def parse_xml(data: bytes) -> etree._Element:
    """XML without entities, DTDs from outside or unbounded trees. Raises etree.XMLSyntaxError."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, recover=False
    )
    return etree.fromstring(data, parser)


def package_notices(archive: zipfile.ZipFile, macros: bool) -> list[str]:
    """Macros, links to the outside and live fields, found without following anything."""
    notices = [sentences.MACROS] if macros else []
    outside: set[str] = set()
    fields = embedded = False
    for name in archive.namelist():
        if name.endswith(".rels"):
            for relation in _EXTERNAL.findall(part(archive, name)):
                kind = _TYPE.search(relation)
                outside.add(kind.group(1).decode("ascii", "replace") if kind else "link")
        elif name in ("word/document.xml",) or "externalLinks/" in name:
            text = part(archive, name)
            fields = fields or bool(_FIELD.search(text)) or b"<ddeLink" in text
        elif "/embeddings/" in name:
            embedded = True
    if outside - {"hyperlink"} or fields:
        notices.append(sentences.OUTSIDE)
    if embedded:
        notices.append(sentences.FILES_INSIDE)
    return notices


def core_properties(archive: zipfile.ZipFile) -> dict[str, str]:
    """Author, title, dates of an OOXML package."""
    data = part(archive, "docProps/core.xml")
    if not data:
        return {}
    try:
        root = parse_xml(data)
    except etree.XMLSyntaxError:
        return {}
    names = {
        "title": "title", "creator": "author", "subject": "subject", "keywords": "keywords",
        "created": "created", "modified": "modified", "lastModifiedBy": "modified_by",
        "language": "language", "category": "category",
    }  # fmt: skip
    found: dict[str, str] = {}
    for element in root.iterchildren("{*}*"):
        name = names.get(etree.QName(element).localname)
        value = (element.text or "").strip()
        if name and value:
            found[name] = value[:300]
    return found
