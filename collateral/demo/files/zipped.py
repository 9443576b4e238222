"""Makes Office files steady: their zip and their properties carry the clock otherwise."""

from __future__ import annotations

import io
import re
import zipfile

EPOCH = (2025, 1, 1, 9, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_STORED = (".jpeg", ".jpg", ".png", ".xlsx")


def steady(office_file: bytes) -> bytes:
    """The same file with every date in it fixed, so that the same content is the same bytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(office_file)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename.endswith(".xlsx"):
                data = steady(data)
            elif entry.filename == "docProps/core.xml":
                data = _STAMP.sub(rb"\g<1>2025-01-01T09:00:00Z\g<2>", data)
            named = zipfile.ZipInfo(entry.filename, EPOCH)
            stored = entry.filename.endswith(_STORED)
            named.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            named.external_attr = 0o600 << 16
            target.writestr(named, data, compresslevel=6)
    return out.getvalue()
