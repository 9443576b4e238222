"""Originals and previews: who may have them, in which parts, under which name."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.http import parse_options_header

from collateral.accounts.models import Role
from collateral.assets.models import Asset, Page, Status
from collateral.config import Settings
from collateral.db import db
from collateral.storage import storage
from collateral.usage.models import Event, EventKind
from tests.assets.files import make_deck, send
from tests.factories import add_version, make_asset, make_person, make_team
from tests.support import SignedInClient, Visitor


def events(kind: EventKind) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.kind == kind)))


def original(asset: Asset, number: int = 1) -> bytes:
    version = next(each for each in asset.versions if each.number == number)
    with storage().open(version.sha256) as file:
        return file.read()


def test_the_original_is_only_ever_saved(rep: SignedInClient) -> None:
    asset = make_asset(filename="停机成本 “v7”.pptx")
    answer = rep.get(f"/assets/{asset.id}/file", buffered=True)
    assert answer.status_code == 200
    assert answer.data == original(asset)
    disposition, options = parse_options_header(answer.headers["Content-Disposition"])
    assert (disposition, options["filename"]) == ("attachment", "停机成本 “v7”.pptx")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_t01_svg_and_html_are_never_shown_inline(marketer: SignedInClient) -> None:
    """Threat 1: a script in an upload."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    html = b"<!doctype html><html><body><script>alert(1)</script></body></html>"
    for name, content in (("x.svg", svg), ("x.html", html)):
        made = send(marketer, content, name).json
        answer = marketer.get(f"/assets/{made['asset']}/file", buffered=True)
        assert answer.data == content
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        page = marketer.get(f"/assets/{made['asset']}")
        assert page.status_code == 200
        assert b"<script>alert" not in page.data


def test_ranges_and_validators_are_honoured(rep: SignedInClient) -> None:
    asset = make_asset()
    address = f"/assets/{asset.id}/file"
    whole = rep.get(address, buffered=True)
    etag = whole.headers["ETag"]
    part = rep.get(address, buffered=True, headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.data) == (206, whole.data[2:6])
    assert part.headers["Content-Range"] == f"bytes 2-5/{len(whole.data)}"
    assert rep.get(address, buffered=True, headers={"If-None-Match": etag}).status_code == 304
    still = rep.get(address, buffered=True, headers={"Range": "bytes=2-5", "If-Range": etag})
    assert still.status_code == 206
    changed = rep.get(address, buffered=True, headers={"Range": "bytes=2-5", "If-Range": '"other"'})
    assert (changed.status_code, changed.data) == (200, whole.data)
    beyond = rep.get(address, buffered=True, headers={"Range": "bytes=99999-"})
    assert beyond.status_code == 416


def test_a_download_is_noted_once_whatever_its_parts(rep: SignedInClient) -> None:
    asset = make_asset()
    address = f"/assets/{asset.id}/file"
    etag = rep.get(address, buffered=True).headers["ETag"]
    rep.get(address, buffered=True, headers={"Range": "bytes=5-"})
    rep.get(address, buffered=True, headers={"If-None-Match": etag})
    rep.head(address, buffered=True)
    found = events(EventKind.DOWNLOADED)
    assert [event.asset_id for event in found] == [asset.id]
    assert found[0].version_id == asset.current_version_id


def test_an_older_version_is_still_there(rep: SignedInClient) -> None:
    asset = make_asset()
    add_version(asset, filename="second.pptx")
    db.session.commit()
    db.session.expire_all()
    old = rep.get(f"/assets/{asset.id}/file?version=1", buffered=True)
    new = rep.get(f"/assets/{asset.id}/file", buffered=True)
    assert old.data == original(asset, 1)
    assert new.data == original(asset, 2)
    assert rep.get(f"/assets/{asset.id}/file?version=7", buffered=True).status_code == 404


@pytest.fixture
def limited(app: object) -> Asset:
    """An asset that is for the north alone, with previews."""
    asset = make_asset(teams=[make_team("North")])
    small = storage().put(io.BytesIO(b"RIFFsmall")).sha256
    page = db.session.scalars(select(Page)).one()
    page.preview_320 = page.preview_1280 = small
    db.session.commit()
    return asset


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/pages/1",
        "/versions/1",
        "/versions/1/pages/1",
        "/file",
        "/file?version=1",
        "/versions/1/pages/1/preview-320.webp",
        "/versions/1/pages/1/preview-1280.webp",
        "/edit",
        "/retire",
        "/collect",
        "?find=page",
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-1"}])
def test_t07_what_is_for_others_is_not_there(
    limited: Asset, rep: SignedInClient, path: str, headers: dict[str, str]
) -> None:
    """Threat 7: every second path to an asset checks as the first does."""
    answer = rep.get(f"/assets/{limited.id}{path}", buffered=True, headers=headers)
    assert answer.status_code == 404
    assert limited.title.encode() not in answer.data


def test_those_it_is_for_have_it(limited: Asset, visitor: Visitor) -> None:
    north = limited.teams[0]
    colleague = visitor.as_(make_person(Role.REP, teams=[north]))
    for path in ("", "/file", "/versions/1/pages/1/preview-320.webp"):
        assert colleague.get(f"/assets/{limited.id}{path}", buffered=True).status_code == 200


def test_a_draft_is_its_owners_and_the_marketers(visitor: Visitor, rep: SignedInClient) -> None:
    owner = make_person(Role.REP)
    asset = make_asset(owner=owner, status=Status.DRAFT)
    assert rep.get(f"/assets/{asset.id}/file", buffered=True).status_code == 404
    assert visitor.as_(owner).get(f"/assets/{asset.id}/file", buffered=True).status_code == 200


def test_previews_under_their_hash_never_change(marketer: SignedInClient) -> None:
    made = send(marketer, make_deck("One\nword")).json
    page = db.session.scalars(select(Page)).one()
    address = f"/assets/{made['asset']}/versions/1/pages/1/preview-320.webp"
    fixed = marketer.get(f"{address}?v={page.preview_320}", buffered=True)
    assert fixed.headers["Content-Type"] == "image/webp"
    assert "immutable" in fixed.headers["Cache-Control"]
    assert fixed.headers["Cache-Control"].startswith("private")
    assert fixed.data[:4] == b"RIFF"
    loose = marketer.get(address, buffered=True)
    assert loose.headers["Cache-Control"] == "private, no-cache"
    again = marketer.get(address, buffered=True, headers={"If-None-Match": loose.headers["ETag"]})
    assert again.status_code == 304
    assert marketer.get(address.replace("320", "640"), buffered=True).status_code == 404
    assert marketer.get(address.replace("pages/1", "pages/2"), buffered=True).status_code == 404


def test_a_file_that_is_gone_from_the_store_is_said_so(rep: SignedInClient) -> None:
    asset = make_asset()
    storage().delete(asset.versions[0].sha256)
    answer = rep.get(f"/assets/{asset.id}/file", buffered=True)
    assert answer.status_code == 404
    assert events(EventKind.DOWNLOADED) == []


def test_where_the_proxy_sends_files_it_is_told_which_and_counts_stay_the_same(
    app: Flask, settings: Settings, rep: SignedInClient
) -> None:
    asset = make_asset()
    app.extensions["settings"] = replace(settings, send_files="/kept/")
    name = asset.versions[0].sha256
    for asked in ({}, {"Range": "bytes=0-3"}, {"Range": "bytes=4-7"}):
        answer = rep.get(f"/assets/{asset.id}/file", headers=asked)
        assert answer.headers["X-Accel-Redirect"] == f"/kept/{name[:2]}/{name[2:4]}/{name}"
        assert answer.data == b""
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "X-Sendfile" not in answer.headers
    assert len(events(EventKind.DOWNLOADED)) == 2
    fresh = rep.get(f"/assets/{asset.id}/file", headers={"If-None-Match": f'"{name}"'})
    assert fresh.status_code == 304
    assert "X-Accel-Redirect" not in fresh.headers
