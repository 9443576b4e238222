"""Stop before you build: paste an outline or drop a draft, and see what is there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.adaptations import asking, building, checking
from collateral.adaptations.checking import CheckedPage
from collateral.adaptations.models import FileCheck, Purpose
from collateral.adaptations.views import bp
from collateral.assets.models import AssetVersion
from collateral.assets.operations import receive
from collateral.assets.uploads import takes_files
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db
from collateral.search.results import Hit
from collateral.usage.queries import deal_counts

LONGEST = 4000


@dataclass(frozen=True)
class Suggestion:
    """A page of the library, and what it is worth."""

    title: str
    url: str
    page: int
    page_title: str
    picture: str | None
    width: int
    height: int
    kind: str
    won: int
    open: int
    lost: int
    deals: int
    note: str = ""


@dataclass(frozen=True)
class Shown:
    """A point of the outline, or a page of the draft."""

    text: str
    suggestions: list[Suggestion]


@bp.get("/before-you-build")
@requires(Permission.SEARCH)
def before_you_build() -> ResponseReturnValue:
    """`?outline=` is what was pasted."""
    outline = request.args.get("outline", "")[:LONGEST]
    points = building.points(outline)
    found = building.found_for(actor(), points)
    return render_template(
        "adaptations/build.html",
        outline=outline,
        check=None,
        waits=False,
        points=[Shown(each.text, [_hit(hit) for hit in each.hits]) for each in found],
        left_out=points[building.MOST_POINTS :],
        limit=_limit(),
    )


@bp.post("/before-you-build")
@requires(Permission.SEARCH)
@takes_files
def drop_draft() -> ResponseReturnValue:
    """Take a draft (`file`), which is looked at and not kept, or an `outline`."""
    given = request.files.get("file")
    if given is None or not given.filename:
        outline = request.form.get("outline", "")[:LONGEST]
        return redirect(url_for("adaptations.before_you_build", outline=outline), 303)
    received = receive(cast(Any, given.stream), given.filename, limit=_limit())
    check = asking.ask(received, Purpose.BUILD, by=actor(), at=now())
    db.session.commit()
    return redirect(url_for("adaptations.draft", check_id=check.id), 303)


@bp.get("/before-you-build/<int:check_id>")
@requires(Permission.SEARCH)
def draft(check_id: int) -> ResponseReturnValue:
    """What the library has for each page of the draft."""
    check = asking.get_own(actor(), check_id)
    return render_template(
        "adaptations/build.html",
        outline="",
        check=check,
        waits=check.found is None and check.error is None,
        points=_of_draft(check),
        left_out=[],
        limit=_limit(),
    )


def _of_draft(check: FileCheck) -> list[Shown]:
    """Known pages lead to themselves; for the others their words are looked for."""
    found = checking.found_of(check)
    if found is None:
        return []
    ids = {page.version for page in found.pages if page.version}
    known = {version.id: version for version in asking.versions(actor(), ids)}
    uses = deal_counts([version.asset_id for version in known.values()], actor())
    foreign = [page for page in found.pages if page.version not in known and _text(page)]
    texts = [_text(page) for page in foreign]
    hits = {point.text: point.hits for point in building.found_for(actor(), texts)}
    shown = []
    for page in found.pages:
        head = _("Page %(number)s: %(title)s", number=page.number, title=page.title)
        version = known.get(page.version or 0)
        if version is None:
            text = _text(page)
            if text in hits:
                shown.append(Shown(head, [_hit(hit) for hit in hits[text]]))
            continue
        shown.append(Shown(head, [_known(page, version, uses.get(version.asset_id))]))
    return shown


def _text(page: CheckedPage) -> str:
    return page.title or page.words


def _known(page: CheckedPage, version: AssetVersion, counts: Any) -> Suggestion:
    asset = version.asset
    number = page.now or page.page or 1
    return Suggestion(
        title=asset.title,
        url=url_for("assets.page", asset_id=asset.id, page=number),
        page=number,
        page_title=page.title,
        picture=None,
        width=0,
        height=0,
        kind=version.family,
        won=counts.won if counts else 0,
        open=counts.open if counts else 0,
        lost=counts.lost if counts else 0,
        deals=counts.deals if counts else 0,
        note=_("this very page") if page.change == "same" else _("this page, changed"),
    )


def _hit(hit: Hit) -> Suggestion:
    asset, page = hit.asset, hit.page or hit.asset.cover
    number = page.number if page else 1
    picture = None
    if page and page.preview:
        picture = url_for(
            "assets.preview",
            asset_id=asset.id,
            number=asset.version,
            page=number,
            width=320,
            v=page.preview,
        )
    return Suggestion(
        title=asset.title,
        url=url_for("assets.page", asset_id=asset.id, page=number),
        page=number,
        page_title=page.title if page else "",
        picture=picture,
        width=(page.width if page else 0) or 0,
        height=(page.height if page else 0) or 0,
        kind=asset.family or "file",
        won=hit.uses.won,
        open=hit.uses.open,
        lost=hit.uses.lost,
        deals=hit.uses.deals,
    )


def _limit() -> int:
    return cast(Settings, current_app.extensions["settings"]).max_upload
