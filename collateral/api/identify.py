"""Is this file known, and is it the current one?"""

from __future__ import annotations

import time
from typing import Literal

from msgspec import Struct, field

from collateral.accounts.permissions import Permission
from collateral.accounts.tokens import Scope
from collateral.adaptations import asking, checking
from collateral.adaptations.checking import CheckedPage, Found, Today
from collateral.adaptations.models import FileCheck, Purpose
from collateral.adaptations.relations import Change
from collateral.api.auth import actor
from collateral.api.calls import Answer, Call, Nothing
from collateral.api.files import TakeFile
from collateral.api.shapes import Named, address, named
from collateral.assets.models import AssetVersion
from collateral.assets.operations import Received
from collateral.assets.succession import successor
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid

PATIENCE = 20.0
"""Seconds that an answer is waited for; after that the caller asks again."""
LOOK_AGAIN = 0.1


class SourcePage(Struct, forbid_unknown_fields=True):
    """A page of the file beside the page that it came from. `today` says whether that page is
    what is offered now; `source_asset` is given where it is of another asset."""

    number: int
    change: Change
    source_page: int | None
    similarity: float
    confidence: float = 0.0
    today: Today = Today.OWN
    source_asset: int | None = None


class Identified(Struct, forbid_unknown_fields=True):
    """`exact`: the very bytes of `version`; `version`: every page of it in another file;
    `derived`: made from it. Where `current` is another, there is a newer one. `use` is what to
    use now. While `state` is `reading`, ask again at the address in `Location`."""

    match: Literal["exact", "version", "derived", "translation", "none"]
    asset: Named | None = None
    version: int | None = None
    current: int | None = None
    use: Named | None = None
    confidence: float = 0.0
    pages: list[SourcePage] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    state: Literal["ready", "reading"] = "ready"


@Call(
    "POST",
    "/identify",
    permission=Permission.ASSET_READ,
    scope=Scope.READ,
    does="Say whether a file is known, which of its pages are out of date, what to use now.",
    more="The file is looked at and let go. Where that takes longer, the answer is a 202 with"
    " `state: reading`, and `Location` says where it will be.",
    form=Nothing,
    file=TakeFile.KEPT,
    answers=Identified,
    statuses=(200, 202),
    steps=True,
)
def identify(file: Received) -> Identified | Answer:
    known = checking.exact(actor(), file.stored.sha256)
    if known is not None:
        return _exact(known)
    check = asking.ask(file, Purpose.CURRENT, by=actor(), at=now())
    db.session.commit()
    check_id, until = check.id, time.monotonic() + PATIENCE
    while time.monotonic() < until:
        db.session.rollback()  # what the worker committed is read anew
        found = asking.get_own(actor(), check_id)
        if found.found is not None or found.error is not None:
            return _told(found)
        time.sleep(LOOK_AGAIN)
    location = address(f"/identify/{check_id}")
    return Answer(Identified("none", state="reading"), {"Location": location}, 202)


@Call(
    "GET",
    "/identify/<int:check_id>",
    permission=Permission.ASSET_READ,
    does="The answer to an earlier `POST /identify`; it is kept for a week.",
    answers=Identified,
    fails=(422,),
)
def identified(check_id: int) -> Identified:
    check = asking.get_own(actor(), check_id)
    if check.found is None and check.error is None:
        return Identified("none", state="reading")
    return _told(check)


def _exact(version: AssetVersion) -> Identified:
    pages = [
        SourcePage(n, Change.SAME, n, 1.0, 1.0, Today.CURRENT)
        for n in range(1, (version.page_count or 0) + 1)
    ]
    return _of(version, "exact", 1.0, pages, [])


def _told(check: FileCheck) -> Identified:
    """The answer of what the person may still see."""
    if check.error is not None:
        raise Invalid(check.error, fields={"file": check.error})
    found = checking.found_of(check) or Found(checking.Match.NONE)
    ids = {page.version for page in found.pages if page.version}
    known = {version.id: version for version in asking.versions(actor(), ids)}
    sources = [each for each in found.sources if each.version in known and not each.borrowed]
    source = sources[0] if sources else None
    if source is None and found.translation is not None:
        original = asking.versions(actor(), [found.translation.version])
        if original:
            return _of(original[0], "translation", found.translation.confidence, [], [])
    if source is None:
        return Identified("none", pages=[_page(page, known, None) for page in found.pages])
    version = known[source.version]
    pages = [_page(page, known, version.asset_id) for page in found.pages]
    return _of(version, found.match.value, source.confidence, pages, source.dropped)


def _of(
    version: AssetVersion,
    match: Literal["exact", "version", "derived", "translation", "none"],
    confidence: float,
    pages: list[SourcePage],
    dropped: list[int],
) -> Identified:
    asset = version.asset
    current = asset.current_version
    return Identified(
        match,
        asset=named(asset),
        version=version.number,
        current=current.number if current else None,
        use=named(successor(asset, actor()) if asset.retired_at else asset),
        confidence=round(confidence, 4),
        pages=pages,
        dropped=dropped,
    )


def _page(page: CheckedPage, known: dict[int, AssetVersion], asset_id: int | None) -> SourcePage:
    version = known.get(page.version or 0)
    if version is None:
        return SourcePage(page.number, Change.NEW, None, 0.0)
    return SourcePage(
        page.number,
        page.change,
        page.page,
        page.similarity,
        page.confidence,
        page.today,
        version.asset_id if version.asset_id != asset_id else None,
    )
