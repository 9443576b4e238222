"""What the opened page says of itself: that it is read, which pages, for how long; or nothing."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData

from collateral.accounts.guard import public
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid, NotFound
from collateral.limits import spend
from collateral.sharing import access, visits
from collateral.sharing.models import Share
from collateral.sharing.views import buyers
from collateral.sharing.views.buyer import (
    ASKING,
    QUIET,
    YEAR,
    enter,
    inside,
    keep_cookie,
    reader,
    signer,
)

MOST_PAGES = 100


@buyers.post("/<token>/beat")
@public
def beat(token: str) -> ResponseReturnValue:
    """Seconds by page since the last message; `beacon` says which opened page speaks."""
    entered = inside(token)
    share = entered.share
    spend(ASKING, f"share:{share.id}")
    said = request.get_json(silent=True, force=True)
    said = said if isinstance(said, dict) else {}
    opening_id = _opening_of(share, said.get("beacon"))
    if QUIET not in request.cookies:
        visits.beat(share, opening_id, _pages(said.get("pages")), reader(entered), at=now())
        db.session.commit()
    return "", 204


@buyers.post("/<token>/quiet")
@public
def quiet(token: str) -> ResponseReturnValue:
    """Do not record my visits: from now on by a cookie, and what there is of this one goes."""
    entered = enter(token)
    on = request.form.get("record") != "1"
    answer = make_response(redirect(entered.address("open_link"), 303))
    if not on:
        answer.delete_cookie(QUIET, path=buyers.url_prefix or "/")
        return answer
    if request.form.get("beacon"):
        opening_id = _opening_of(entered.share, request.form["beacon"])
        visits.ask_not_to_record(entered.share, opening_id)
        db.session.commit()
    keep_cookie(answer, QUIET, "1", YEAR)
    return answer


def _opening_of(share: Share, beacon: Any) -> int:
    """The opening that the page was sent for. Raises NotFound for what we did not sign."""
    try:
        opening_id, share_id = signer().loads(
            str(beacon)[:500], max_age=int(visits.OPEN_FOR.total_seconds())
        )
    except (BadData, TypeError, ValueError) as error:
        raise NotFound(access.GONE) from error
    if share_id != share.id:
        raise NotFound(access.GONE)
    return int(opening_id)


def _pages(said: Any) -> dict[tuple[int, int], float]:
    """[[part, page, seconds], …] as numbers. Raises Invalid for anything else."""
    if said is None:
        return {}
    found: dict[tuple[int, int], float] = {}
    try:
        for position, number, seconds in said[:MOST_PAGES]:
            place = (int(position), int(number))
            found[place] = found.get(place, 0.0) + min(max(float(seconds), 0.0), 3600.0)
    except (TypeError, ValueError, OverflowError, KeyError) as error:
        raise Invalid("Pages are a list of part, page and seconds.") from error
    return found
