"""Zip archives: what they list. Nothing in them is ever unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from collateral.reading import sentences
from collateral.reading.formats.base import Source, damaged
from collateral.reading.formats.card import CardDocument
from collateral.reading.results import PageText

_LISTED = 5000
_BOMB_MB = 1024
_BOMB_RATIO = 200


class Archive(CardDocument):
    """A zip file shown as its directory."""

    page_count = 1

    def __init__(self, source: Source) -> None:
        self._source = source
        try:
            with zipfile.ZipFile(source.file) as archive:
                self._entries = archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
            raise damaged(source.kind) from error

    def properties(self) -> dict[str, str]:
        unpacked = sum(entry.file_size for entry in self._entries)
        return {"entries": str(len(self._entries)), "unpacked": _size(unpacked)}

    def notices(self) -> list[str]:
        notices = []
        unpacked = sum(entry.file_size for entry in self._entries)
        packed = max(1, sum(entry.compress_size for entry in self._entries))
        if unpacked > _BOMB_MB << 20 or (unpacked > 64 << 20 and unpacked / packed > _BOMB_RATIO):
            notices.append(sentences.ARCHIVE_BOMB % {"size": _size(unpacked)})
        if any(_goes_outside(entry) for entry in self._entries):
            notices.append(sentences.ARCHIVE_OUTSIDE)
        if any(entry.flag_bits & 1 for entry in self._entries):
            notices.append(sentences.ARCHIVE_LOCKED)
        if any(entry.filename.lower().endswith((".zip", ".7z", ".gz")) for entry in self._entries):
            notices.append(sentences.ARCHIVES_INSIDE)
        if len(self._entries) > _LISTED:
            shown = {"most": f"{_LISTED:,}", "count": f"{len(self._entries):,}"}
            notices.append(sentences.ARCHIVE_CUT % shown)
        return notices

    def pages(self) -> Iterator[PageText]:
        lines = [
            entry.filename if entry.is_dir() else f"{entry.filename}\t{_size(entry.file_size)}"
            for entry in self._entries[:_LISTED]
        ]
        count = len(self._entries)
        title = "1 file" if count == 1 else f"{count:,} files"
        yield PageText(1, title, "\n".join(lines) or "Nothing inside.")


def _goes_outside(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    return link or ".." in parts or entry.filename.startswith(("/", "\\")) or ":" in parts[0]


def _size(count: int) -> str:
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"
        value /= 1000
    raise AssertionError
