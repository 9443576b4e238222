"""A video in a link: played in the page, in parts as the player asks, and not to be taken along."""

from __future__ import annotations

import pytest
from flask import Flask

from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.db import db
from tests.sharing.conftest import Buyer, kept, make_drawn, share_of
from tests.support import Visitor

PLAYER = {"Sec-Fetch-Dest": "video"}


def make_video(media_type: str = "video/mp4") -> Asset:
    """A published asset whose file is a video, with its poster as the only page."""
    asset = make_drawn("How a bearing fails", pages=1)
    version = asset.current_version
    assert version is not None
    version.family, version.media_type, version.label = "video", media_type, "MP4 video"
    db.session.commit()
    return asset


def original(asset: Asset) -> bytes:
    assert asset.current_version is not None
    return kept(asset.current_version.sha256)


def test_a_player_gets_the_parts_that_it_asks_for(app: Flask, rep: Person, buyer: Buyer) -> None:
    asset = make_video()
    _share, token = share_of([asset], rep)
    page = buyer.get(f"/s/{token}").text
    assert f'src="/s/{token}/1/media"' in page
    assert 'controlslist="nodownload' in page
    whole = buyer.get(f"/s/{token}/1/media", **PLAYER)
    assert (whole.status_code, whole.data) == (200, original(asset))
    assert whole.headers["Content-Type"] == "video/mp4"
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Cache-Control"] == "private, no-store"
    part = buyer.get(f"/s/{token}/1/media", Range="bytes=3-9", **PLAYER)
    assert (part.status_code, part.data) == (206, original(asset)[3:10])
    assert part.headers["Content-Range"] == f"bytes 3-9/{len(original(asset))}"
    beyond = buyer.get(f"/s/{token}/1/media", Range="bytes=9999999-", **PLAYER)
    assert beyond.status_code == 416


def test_what_may_not_be_taken_along_goes_to_the_player_alone(
    app: Flask, rep: Person, buyer: Buyer
) -> None:
    asset = make_video()
    _share, token = share_of([asset], rep)
    opened_by_itself = {"Sec-Fetch-Dest": "document"}
    assert buyer.get(f"/s/{token}/1/media", **opened_by_itself).status_code == 404
    assert buyer.get(f"/s/{token}/1/file").status_code == 404
    _share, open_token = share_of([asset], rep, download=True)
    assert "nodownload" not in buyer.get(f"/s/{open_token}").text
    assert buyer.get(f"/s/{open_token}/1/media", **opened_by_itself).data == original(asset)


def test_a_video_that_cannot_be_marked_is_not_played(app: Flask, rep: Person, buyer: Buyer) -> None:
    _share, token = share_of([make_video()], rep, watermark=True, download=True)
    page = buyer.get(f"/s/{token}").text
    assert "<video" not in page
    assert "A video cannot bear your name" in page
    assert buyer.get(f"/s/{token}/1/media", **PLAYER).status_code == 404


@pytest.mark.parametrize("media_type", ["video/x-msvideo", "application/pdf"])
def test_what_no_browser_plays_stays_a_picture(
    app: Flask, rep: Person, buyer: Buyer, media_type: str
) -> None:
    _share, token = share_of([make_video(media_type)], rep, download=True)
    assert "<video" not in buyer.get(f"/s/{token}").text
    assert buyer.get(f"/s/{token}/1/media", **PLAYER).status_code == 404


def test_the_library_plays_it_too(app: Flask, rep: Person) -> None:
    asset = make_video()
    client = Visitor(app).as_(rep)
    page = client.get(f"/assets/{asset.id}").text
    assert f'src="/assets/{asset.id}/media?version=1"' in page
    part = client.get(f"/assets/{asset.id}/media", headers={"Range": "bytes=0-4"}, buffered=True)
    assert (part.status_code, part.data) == (206, original(asset)[:5])
    deck = make_drawn()
    assert client.get(f"/assets/{deck.id}/media").status_code == 400
