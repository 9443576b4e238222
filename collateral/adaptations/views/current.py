"""Is this current? Any file from a laptop gets its answer, and is not kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.adaptations import asking, checking
from collateral.adaptations.checking import CheckedPage, Found, Match, Today
from collateral.adaptations.models import Purpose
from collateral.adaptations.views import bp
from collateral.assets.models import Asset, AssetVersion, Status
from collateral.assets.operations import receive
from collateral.assets.succession import successor
from collateral.assets.uploads import takes_files
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db
from collateral.errors import Invalid


@bp.get("/current")
@requires(Permission.ASSET_READ)
def current() -> ResponseReturnValue:
    """Where the file is dropped."""
    return render_template("adaptations/current.html", check=None, limit=_limit())


@bp.post("/current")
@requires(Permission.ASSET_READ)
@takes_files
def ask_current() -> ResponseReturnValue:
    """Look at the `file`; leads to the answer, which comes in a moment."""
    check = asking.ask(_received(), Purpose.CURRENT, by=actor(), at=now())
    db.session.commit()
    return redirect(url_for("adaptations.answer", check_id=check.id), 303)


def _received() -> Any:
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid(_("Choose a file first."), fields={"file": _("Choose a file first.")})
    return receive(cast(Any, given.stream), given.filename, limit=_limit())


@bp.get("/current/<int:check_id>")
@requires(Permission.ASSET_READ)
def answer(check_id: int) -> ResponseReturnValue:
    """What the file is, which of its pages are out of date, what to use now."""
    check = asking.get_own(actor(), check_id)
    found = checking.found_of(check)
    exact = checking.exact(actor(), check.digest)
    return render_template(
        "adaptations/current.html",
        check=check,
        limit=_limit(),
        verdict=verdict_of(exact, found) if exact or found else None,
    )


@dataclass(frozen=True)
class PageSays:
    """One page of the file in words."""

    number: int
    title: str
    words: str
    kind: str
    url: str | None


@dataclass(frozen=True)
class Verdict:
    """The answer: what it is, whether it is current, and what to use."""

    kind: str
    """ok, warn or info."""
    title: str
    text: str
    asset: Asset | None
    use: Asset | None
    """What to use now, where that is another file than this."""
    pages: list[PageSays]
    outdated: int


def verdict_of(exact: AssetVersion | None, found: Found | None) -> Verdict:
    """The answer in words, of what the reader may see."""
    if exact is not None:
        return _of_version(exact, identical=True, pages=[])
    known = _known(found) if found else {}
    pages = [_page(page, known) for page in found.pages] if found else []
    sources = [s for s in found.sources if s.version in known] if found else []
    source = next((s for s in sources if not s.borrowed), None)
    if found is not None and source is None and found.translation is not None:
        original = asking.versions(actor(), [found.translation.version])
        if original:
            return _translated(original[0])
    if sources and source is None:
        text = _("Some of its pages are known here; the file as a whole is not.")
        return Verdict("info", _("Not from the library"), text, None, None, pages, 0)
    if found is None or source is None:
        return Verdict("info", _("Not from the library"),
                       _("No page of it is known here."), None, None, [], 0)  # fmt: skip
    version = known[source.version]
    if found.match is Match.VERSION:
        return _of_version(version, identical=False, pages=pages)
    outdated = sum(page.today in (Today.CHANGED, Today.GONE) for page in found.pages)
    mine = sum(page.version == source.version for page in found.pages)
    text = _("%(n)s of its %(all)s pages come from version %(number)s.", n=mine,
             all=len(found.pages), number=version.number)  # fmt: skip
    asset = version.asset
    title = _("Made from “%(title)s”", title=asset.title)
    return Verdict("warn" if outdated or _retired(asset) else "ok", title, text, asset,
                   _instead(asset), pages, outdated)  # fmt: skip


def _translated(version: AssetVersion) -> Verdict:
    asset = version.asset
    title = _("A translation of “%(title)s”", title=asset.title)
    offered = asset.current_version
    if offered is None or offered.id == version.id:
        text, kind = _("Of version %(number)s, which is current.", number=version.number), "ok"
    else:
        text = _("Of version %(number)s; version %(newer)s is offered now.", number=version.number,
                 newer=offered.number)  # fmt: skip
        kind = "warn"
    return Verdict(kind, title, text, asset, _instead(asset), [], 0)


def _of_version(version: AssetVersion, *, identical: bool, pages: list[PageSays]) -> Verdict:
    asset = version.asset
    offered = asset.current_version
    title = _("Version %(number)s of “%(title)s”", number=version.number, title=asset.title)
    how = _("The very file.") if identical else _("Every page is the same; only the file differs.")
    if _retired(asset):
        return Verdict("warn", title, how + " " + _("It is retired."), asset, _instead(asset),
                       pages, 0)  # fmt: skip
    if offered is None or offered.id == version.id:
        return Verdict("ok", title, how + " " + _("It is current."), asset, None, pages, 0)
    newer = _("Version %(number)s is offered now.", number=offered.number)
    outdated = sum(page.kind == "warn" for page in pages)
    return Verdict("warn", title, how + " " + newer, asset, asset, pages, outdated)


def _retired(asset: Asset) -> bool:
    return asset.status is Status.RETIRED


def _instead(asset: Asset) -> Asset | None:
    return successor(asset, actor()) if _retired(asset) else asset


def _known(found: Found) -> dict[int, AssetVersion]:
    """The versions that still exist for the reader."""
    ids = {page.version for page in found.pages if page.version}
    return {version.id: version for version in asking.versions(actor(), ids)}


def _page(page: CheckedPage, known: dict[int, AssetVersion]) -> PageSays:
    version = known.get(page.version or 0)
    if version is None:
        return PageSays(page.number, page.title, _("not from the library"), "", None)
    asset = version.asset
    url = url_for("assets.version_page", asset_id=asset.id, number=version.number, page=page.page)
    if page.now is not None:
        url = url_for("assets.page", asset_id=asset.id, page=page.now)
    where = _("page %(page)s of “%(title)s”", page=page.page, title=asset.title)
    words, kind = {
        Today.CURRENT: (where, "ok"),
        Today.CHANGED: (_("%(where)s has changed since", where=where), "warn"),
        Today.GONE: (_("%(where)s is no longer in it", where=where), "warn"),
        Today.OWN: (_("changed from %(where)s", where=where), "edited"),
    }[page.today]
    return PageSays(page.number, page.title, words, kind, url)


def _limit() -> int:
    return cast(Settings, current_app.extensions["settings"]).max_upload
