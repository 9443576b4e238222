"""What may become of a link, its maker and its asset, and what may be seen then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from collateral.accounts.models import PersonRole, Role
from collateral.assets.models import AssetVersion, Status
from collateral.clock import now
from collateral.db import db
from collateral.sharing import operations
from tests.factories import add_version, make_person, make_team
from tests.sharing.conftest import Buyer, draw, kept, make_drawn, share_of


class Link:
    """A link, what became of it, and what it may show."""

    def __init__(self, app: Flask, *, download: bool) -> None:
        self.team = make_team()
        self.maker = make_person(Role.REP, teams=[self.team])
        self.asset = make_drawn(pages=3)
        self.other = make_drawn("Another one", pages=2)
        self.successor = make_drawn("What took its place", pages=3)
        self.download = download
        self.share, self.token = share_of([self.asset], self.maker, download=download)
        self.versions: list[AssetVersion] = []
        for asset in (self.asset, self.other, self.successor):
            assert asset.current_version is not None
            self.versions.append(asset.current_version)
        self.buyer = Buyer(app.test_client())
        self.stranger = Buyer(app.test_client())

    # What may happen.
    def switched_off(self) -> None:
        if self.share.revoked_at is None:
            operations.revoke(self.share, by=self.maker, at=now())

    def expires(self) -> None:
        self.share.expires_at = now() - timedelta(seconds=1)

    def prolonged(self) -> None:
        self.share.expires_at = now() + timedelta(days=1)

    def maker_leaves(self) -> None:
        self.maker.active = False

    def maker_returns(self) -> None:
        self.maker.active = True

    def maker_loses_her_roles(self) -> None:
        self.maker.role_rows = []

    def maker_is_a_rep_again(self) -> None:
        if not self.maker.role_rows:
            self.maker.role_rows = [PersonRole(role=Role.REP)]

    def asset_is_for_her_team(self) -> None:
        self.asset.teams = [self.team]

    def maker_leaves_the_team(self) -> None:
        self.maker.teams = []

    def maker_joins_the_team(self) -> None:
        self.maker.teams = [self.team]

    def asset_back_to_draft(self) -> None:
        self.asset.status = Status.DRAFT

    def asset_published(self) -> None:
        self.asset.status, self.asset.replacement_id = Status.PUBLISHED, None

    def asset_retired(self) -> None:
        self.asset.status, self.asset.replacement_id = Status.RETIRED, None

    def asset_replaced(self) -> None:
        self.asset.status, self.asset.replacement_id = Status.RETIRED, self.successor.id

    def new_version(self) -> None:
        version = add_version(self.asset, pages=["Payback anew. Point 1", "Payback anew. Point 2"])
        self.versions.append(draw(version))

    def page_hidden(self) -> None:
        current = self.asset.current_version
        assert current is not None
        current.pages[-1].hidden = True

    def new_address(self) -> None:
        if self.share.revoked_at is None and not self._over():
            self.token = operations.renew(self.share, by=self.maker, at=now())

    def _over(self) -> bool:
        return self.share.expires_at is not None and self.share.expires_at <= now()

    # What may be seen.
    def shows(self) -> AssetVersion | None:
        """The version that every byte must come from; None for none."""
        if self.share.revoked_at is not None or self._over():
            return None
        if not self.maker.active or not self.maker.roles:
            return None
        limited = {team.id for team in self.asset.teams}
        if limited and not limited & self.maker.team_ids:
            return None
        if self.asset.status is Status.RETIRED:
            return self.successor.current_version if self.asset.replacement_id else None
        return self.asset.current_version if self.asset.status is Status.PUBLISHED else None

    def check(self) -> None:
        db.session.commit()
        db.session.expire_all()
        shown = self.shows()
        pages = [page for page in shown.pages if not page.hidden] if shown else []
        for path, right in self.routes(shown).items():
            for ranges in ({}, {"Range": "bytes=2-"}) if path.endswith(("webp", "file")) else ({},):
                answer = self.buyer.get(f"/s/{self.token}{path}", **ranges)
                body = answer.data
                answer.close()
                assert answer.headers["Cache-Control"] == "private, no-store"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert "noindex" in answer.headers["X-Robots-Tag"]
                if right is None:
                    assert answer.status_code == 404, path
                elif ranges:
                    assert (answer.status_code, body) == (206, right[2:]), path
                else:
                    assert answer.status_code == 200, path
                    assert not right or body == right, path
                self.check_body(body, shown)
        for page in pages:
            assert page.preview_1280 is not None
        assert self.buyer.get(f"/s/{self.token}").status_code in (
            (200,) if shown or self.notes() else (404,)
        )

    def notes(self) -> bool:
        """Whether a courteous note stands where the asset was."""
        was = self.asset.status, self.asset.replacement_id
        self.asset.status, self.asset.replacement_id = Status.PUBLISHED, None
        alive = self.shows() is not None
        self.asset.status, self.asset.replacement_id = was
        db.session.rollback()
        return alive and was == (Status.RETIRED, None)

    def routes(self, shown: AssetVersion | None) -> dict[str, bytes | None]:
        """Every address beneath the link with the bytes that are right; None for none, empty
        for a page or words that are looked into."""
        pages = [page for page in shown.pages if not page.hidden] if shown else []
        found: dict[str, bytes | None] = {}
        for number in (len(pages) or 1, len(pages) + 1):
            page = pages[number - 1] if number <= len(pages) else None
            for width in (320, 1280):
                sha256 = getattr(page, f"preview_{width}", None) if page else None
                found[f"/1/{number}/{width}.webp"] = kept(sha256) if sha256 else None
            found[f"/1/{number}/words"] = page.text.encode() if page else None
            found[f"/1/{number}"] = b"" if page else None
        found["/1/media"] = None  # it is no video
        found["/1/file"] = kept(shown.sha256) if shown and self.download else None
        for path in (
            "/1/1/640.webp",
            "/1/0/320.webp",
            "/2/1/320.webp",
            "/2/file",
            "/2/1",
            "/1/media",
        ):
            found[path] = None
        return found

    def check_body(self, body: bytes, shown: AssetVersion | None) -> None:
        """Nothing of any other version, of hidden pages, of notes, or of anything at all."""
        for version in self.versions:
            right = shown is not None and version.id == shown.id
            for page in version.pages:
                if right and not page.hidden:
                    continue
                for sha256 in (page.preview_320, page.preview_1280):
                    assert kept(sha256)[2:60] not in body
                if shown is None:
                    assert page.text.encode() not in body
            if not right or not self.download:
                assert kept(version.sha256)[2:60] not in body


EVENTS: list[Callable[[Link], None]] = [
    value
    for name, value in vars(Link).items()
    if callable(value)
    and name not in ("shows", "check", "notes", "routes", "check_body")
    and not name.startswith("_")
]
