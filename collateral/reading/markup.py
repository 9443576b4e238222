"""Telling text from bytes, and a web page or a drawing from plain text."""

from __future__ import annotations

import re

from collateral.reading.kinds import KINDS, FileKind

_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|title|style|table|div|h1|p|a|img|br|b)"
    rb"[\s>/]|<!--",
    re.IGNORECASE,
)
_SVG = re.compile(rb"<(?:\w+:)?svg[\s>]", re.IGNORECASE)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def text_kind(head: bytes, named: str) -> FileKind | None:
    """The kind of a text file, or None when these bytes are not text."""
    if not looks_like_text(head):
        return None
    start = _plain(head)
    if start.startswith((b"<?xml", b"<!DOCTYPE svg", b"<svg")) or _SVG.match(start):
        if _SVG.search(start):
            return KINDS["svg"]
        if re.search(rb"<html[\s>]", start, re.IGNORECASE):
            return KINDS["html"]
        return KINDS["xml"]
    if _SVG.search(start[:2048]) and not _HTML.match(start):
        return KINDS["svg"]
    if _HTML.match(start) and named not in {"txt", "md", "csv"}:
        # The rule of browsers: what begins like a page is a page, whatever its name.
        return KINDS["html"]
    if named in {"csv", "md", "html"}:
        return KINDS[named]
    return KINDS["txt"]


def looks_like_text(head: bytes) -> bool:
    """No control bytes but the usual ones; UTF-16 only with its mark at the start."""
    if head.startswith(_BOMS):
        return True
    control = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in head)
    return b"\0" not in head and control * 100 <= len(head)


def _plain(head: bytes) -> bytes:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace").encode().lstrip()
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()
