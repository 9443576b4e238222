"""What a file is, judged by its first bytes and its directory, never by running a parser.

Cheap and safe enough for the web process: reads the head, the tail and, for a zip or an OLE
container, the list of what it holds; nothing is unpacked beyond one bounded part.
"""

from __future__ import annotations

from pathlib import Path

from collateral.reading.containers import ole_kind, zip_kind
from collateral.reading.kinds import (
    ALSO_NAMED,
    EMPTY,
    KINDS,
    LOCKED_OFFICE,
    OTHER,
    SPELLINGS,
    FileKind,
)
from collateral.reading.markup import text_kind
from collateral.reading.sentences import NAMED_AS_OTHER, NAMED_OTHERWISE

__all__ = ["FileKind", "identify"]

_HEAD = 8192
_TAIL = 65536
_OFFICE_NAMES = frozenset(
    extension for extension, kind in KINDS.items() if kind.family in {"deck", "document", "sheet"}
)


def identify(path: Path, filename: str) -> FileKind:
    """Tell the kind of the file at `path`; `filename` is the name it was given by people.

    Raises OSError when the file cannot be read, and nothing else.
    """
    size = path.stat().st_size
    if size == 0:
        return EMPTY
    with path.open("rb") as file:
        head = file.read(_HEAD)
        file.seek(max(0, size - _TAIL))
        tail = file.read(_TAIL)
    named = extension_of(filename)
    kind = _by_content(path, head, tail, named)
    return kind.but(mismatch=mismatch_of(kind, named))


def extension_of(filename: str) -> str:
    """The extension that a name claims, in its usual spelling, without the dot."""
    suffix = Path(filename.replace("\\", "/")).suffix.lower().lstrip(".")
    return SPELLINGS.get(suffix, suffix)


def mismatch_of(kind: FileKind, named: str) -> str | None:
    """The sentence for a name that claims another known kind than the content shows."""
    if named not in KINDS or kind.extension == named or kind is EMPTY:
        return None
    if named in ALSO_NAMED.get(kind.extension, ()):
        return None
    if kind.encrypted and not kind.extension and named in _OFFICE_NAMES:
        return None
    said = {"name": named, "kind": KINDS[named].label, "other": kind.label}
    return (NAMED_OTHERWISE if kind.family == "other" else NAMED_AS_OTHER) % said


def _by_content(path: Path, head: bytes, tail: bytes, named: str) -> FileKind:
    if b"%PDF-" in head[:1024]:
        return KINDS["pdf"].but(encrypted=b"/Encrypt" in tail or b"/Encrypt" in head)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return zip_kind(path, head, named)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        kind = ole_kind(path)
        if kind is LOCKED_OFFICE and named in _OFFICE_NAMES:
            # The real kind is behind the password; the name is the best word for it.
            return KINDS[named].but(encrypted=True)
        return kind
    return _by_magic(head) or text_kind(head, named) or _by_library(head)


def _by_magic(head: bytes) -> FileKind | None:
    for magic, extension in (
        (b"{\\rtf", "rtf"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff", "jpg"),
        (b"GIF87a", "gif"),
        (b"GIF89a", "gif"),
        (b"II*\x00", "tif"),
        (b"MM\x00*", "tif"),
        (b"II+\x00", "tif"),
        (b"MM\x00+", "tif"),
        (b"8BPS", "psd"),
    ):
        if head.startswith(magic):
            return KINDS[extension]
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return KINDS["bmp"]
    if head.startswith(b"RIFF"):
        return KINDS.get({b"WEBP": "webp", b"AVI ": "avi"}.get(head[8:12], ""))
    if head.startswith(b"\x1aE\xdf\xa3"):
        return KINDS["webm" if b"webm" in head[:128] else "mkv"]
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):
        return KINDS["mov"]
    return None


def _by_brand(head: bytes) -> FileKind | None:
    """ISO media files name their dialects right after the size of the first box."""
    length = min(int.from_bytes(head[:4], "big"), 256)
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))}
    if brands & {b"avif", b"avis"}:
        return KINDS["avif"]
    if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}:
        return KINDS["heic"]
    if head[8:12] == b"qt  ":
        return KINDS["mov"]
    return KINDS["mp4"]


def _by_library(head: bytes) -> FileKind:
    """The long tail of kinds we do not read: at least a word and a media type for them."""
    import puremagic

    try:
        match = puremagic.magic_string(head)[0]
    except (puremagic.PureError, ValueError, IndexError):
        return OTHER
    extension = match.extension.lstrip(".").lower()
    return OTHER.but(
        media_type=match.mime_type or OTHER.media_type,
        label=(match.name or "File").strip()[:60],
        extension="" if extension in KINDS else extension,
    )
