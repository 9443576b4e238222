"""Styles, scripts and drawings compressed on the way out, each once.

Pages themselves are left as they are: they carry a secret beside what the reader typed, and
the length of the two compressed together tells of it (BREACH, Gluck, Harris, Prado 2013).
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request

KINDS = frozenset({"text/css", "text/javascript", "image/svg+xml"})
LEAST_BYTES = 400
"""Smaller files become no smaller."""


def init_app(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Gzip for a static file that is text, where the browser takes it."""
    if request.endpoint != "static" or response.mimetype not in KINDS:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    if (response.content_length or 0) < LEAST_BYTES:
        return response
    path = Path(str(current_app.static_folder)) / (request.view_args or {})["filename"]
    etag, _weak = response.get_etag()
    response.response.close()  # type: ignore[union-attr]  # the open file that would be sent
    response.direct_passthrough = False
    response.set_data(_packed(str(path), path.stat().st_mtime_ns))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    if etag:
        response.set_etag(etag, weak=True)
    return response


@lru_cache(maxsize=256)
def _packed(path: str, _changed: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)
