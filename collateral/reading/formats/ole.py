"""What the old Office formats share: one OLE container and its summary."""

from __future__ import annotations

from datetime import datetime
from typing import IO, Any


def summary(file: IO[bytes]) -> dict[str, str]:
    """Author, title, dates from the summary stream; empty when there is none."""
    import olefile

    file.seek(0)
    try:
        with olefile.OleFileIO(file) as ole:
            found: Any = ole.get_metadata()
    except Exception:
        return {}
    codepage = f"cp{found.codepage}" if found.codepage and found.codepage > 0 else "cp1252"
    properties = {}
    for name, value in (
        ("title", found.title), ("author", found.author), ("subject", found.subject),
        ("keywords", found.keywords), ("created", found.create_time),
        ("modified", found.last_saved_time),
    ):  # fmt: skip
        text = _plain(value, codepage)
        if text:
            properties[name] = text[:300]
    return properties


def _plain(value: object, codepage: str) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8" if codepage == "cp65001" else codepage).strip("\0 ")
        except (UnicodeDecodeError, LookupError):
            return value.decode("latin-1").strip("\0 ")
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value or "").strip()
