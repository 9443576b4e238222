"""A page that is as the browser has it is answered 304 and does not travel again.

The whole page is compared, so nothing that it shows can be stale: whoever may no longer see an
asset gets another page. Left out of the comparison are the two values that are new each time
and mean the same: the nonce of its scripts and the token of its forms. With a 304 no policy is
sent: the one that the browser kept with the page names the nonce that stands in it.
"""

from __future__ import annotations

import hashlib

from flask import Response, g, request, session
from flask_login import current_user

from collateral.templating import csp_nonce

KEPT = "private, no-cache"
"""Only what may be kept at all and must be asked for again is compared."""


def answer(response: Response) -> Response:
    """The page, or 304 where `If-None-Match` names it. For signed-in readers alone."""
    if (
        request.method != "GET"
        or response.status_code != 200
        or response.mimetype != "text/html"
        or response.is_streamed
        or response.headers.get("Cache-Control") != KEPT
        or not current_user.is_authenticated
    ):
        return response
    response.vary.update(("Cookie", "X-Fragment"))
    response.set_etag(_mark(response), weak=True)
    response.make_conditional(request)
    if response.status_code == 304:
        del response.headers["Content-Security-Policy"]
    return response


def _mark(response: Response) -> str:
    """What the page shows, to whom: a token of another session would not be taken."""
    page = response.get_data().replace(csp_nonce().encode(), b"")
    if token := g.get("csrf_token"):
        page = page.replace(str(token).encode(), str(session.get("csrf_token")).encode())
    return hashlib.sha256(page).hexdigest()[:32]
