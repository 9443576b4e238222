"""Sending a kept file to somebody who may have it."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.http import dump_options_header
from werkzeug.utils import send_file

from collateral.assets import parts
from collateral.assets.models import AssetVersion
from collateral.assets.rules import clean_filename
from collateral.storage import storage

_SAFE = "!#$&+-.^_`|~"  # what RFC 5987 lets stand as it is, beside letters and digits


def attachment_header(filename: str) -> str:
    """The Content-Disposition of a download (RFC 6266): the right name in every script.

    `filename*` carries the name itself; `filename` a plain one for old programs.
    """
    name = clean_filename(filename)
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%;' else "_" for c in name)
    extended = quote(name, safe=_SAFE)
    if plain == name:
        return dump_options_header("attachment", {"filename": name})
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}"


def send_original(version: AssetVersion) -> Response:
    """The version's file as an attachment, whole or in part as the request asks.

    Raises:
        NotFound: the file is not in the store.
    """
    return send_kept(version.sha256, version.media_type, version.filename, version.created_at)


def send_kept(sha256: str, media_type: str, filename: str, created_at: datetime) -> Response:
    """A kept file as an attachment under that name, whole or in part as the request asks.

    Raises:
        NotFound: the file is not in the store.
    """
    disposition = attachment_header(filename)
    if link := storage().link(sha256, disposition, media_type):
        return _saved(Response(status=302, headers={"Location": link}), disposition)
    return _saved(_kept(sha256, media_type, created_at), disposition)


def _kept(sha256: str, media_type: str, created_at: datetime | None = None) -> Response:
    """A kept file, whole or in part as the request asks, by the proxy where SEND_FILES says so.

    Raises:
        NotFound: the file is not in the store.
    """
    by_proxy = current_app.extensions["settings"].send_files
    with storage().local(sha256) as path:
        sent = send_file(
            path,
            request.environ,
            mimetype=media_type,
            conditional=True,
            etag=sha256,
            last_modified=created_at,
            max_age=0,
            use_x_sendfile=bool(by_proxy),
            response_class=Response,
        )
        response = cast(Response, sent)
        if response.status_code == 206 and not by_proxy:
            response.close()
            parts.send(response, path.open("rb"))
    if response.headers.pop("X-Sendfile", None):
        response.headers["X-Accel-Redirect"] = f"{by_proxy}{sha256[:2]}/{sha256[2:4]}/{sha256}"
        response.content_length = 0  # of ours; the proxy says the file's
    return response


PLAYED = frozenset(("video/mp4", "video/webm", "video/quicktime"))
"""What browsers play themselves; other videos are only downloaded."""


def plays(version: AssetVersion) -> bool:
    """Whether a browser can play the version's file."""
    return version.family == "video" and version.media_type in PLAYED


def send_media(version: AssetVersion) -> Response:
    """The version's file for a player in the page, whole or in part as the request asks.

    It comes through us from every store, so that no other address stands in the page.

    Raises:
        NotFound: the file is not in the store.
    """
    file = storage().open(version.sha256)
    size = version.bytes
    try:
        response = Response(mimetype=version.media_type)
        response.content_length = size
        response.set_etag(version.sha256)
        response.make_conditional(request, accept_ranges=True, complete_length=size)
        parts.send(response, file)
    except BaseException:
        file.close()
        raise
    return _sealed(response)


def send_made(sha256: str, filename: str, mimetype: str = "application/pdf") -> Response:
    """A file that was made here, as an attachment of that name. Raises NotFound."""
    return _saved(_kept(sha256, mimetype), attachment_header(filename))


def _saved(response: Response, disposition: str) -> Response:
    """Whatever is in it, a browser only saves it."""
    response.headers["Content-Disposition"] = disposition
    return _sealed(response)


def _sealed(response: Response) -> Response:
    """Whatever is in it, nothing of it runs."""
    headers = response.headers
    headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cache-Control"] = "private, no-cache"
    return response


def send_preview(sha256: str, wanted: str | None) -> Response:
    """A picture of a page; `wanted` is the hash in the address, with which it never changes."""
    response = _kept(sha256, "image/webp")
    kept = "max-age=31536000, immutable" if wanted == sha256 else "no-cache"
    response.headers["Cache-Control"] = f"private, {kept}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def begins_a_download(response: Response) -> bool:
    """Whether this answer is a download rather than the rest of one, or none at all."""
    if request.method != "GET" or response.status_code not in (200, 206, 302):
        return False
    if response.status_code in (200, 302):  # 302: the store itself sends it
        return True
    return str(response.headers.get("Content-Range", "")).startswith("bytes 0-")
