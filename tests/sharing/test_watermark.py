"""A watermarked link: what is sent bears the mark, and nothing without it ever is."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db
from collateral.sharing import copies, making
from collateral.sharing.jobs import remake
from collateral.sharing.models import Copy, CopyState
from collateral.storage import storage
from tests.factories import add_version
from tests.sharing.conftest import Buyer, kept, make_drawn, share_of

pytestmark = pytest.mark.either


def real_pictures(asset: Asset) -> None:
    """Pictures that can be opened, each page in a shade of its own."""
    assert asset.current_version is not None
    for page in asset.current_version.pages:
        for width in (320, 1280):
            out = io.BytesIO()
            size = (width, width * 9 // 16)
            Image.new(
                "RGB", size, (250 - page.number * 20, 240, 150 + 20 * asset.current_version.number)
            ).save(out, "WEBP")
            setattr(page, f"preview_{width}", storage().put(io.BytesIO(out.getvalue())).sha256)
    db.session.commit()


def test_pages_and_file_bear_the_mark_and_the_original_never_goes(
    app: Flask, rep: Person, buyer: Buyer, tmp_path: Path
) -> None:
    asset = make_drawn(pages=2)
    real_pictures(asset)
    share, token = share_of(
        [asset], rep, watermark=True, download=True, recipient_email="anna@hollis.example"
    )
    marks = {copy.mark for copy in db.session.scalars(select(Copy))}
    assert marks == {"Anna Kern · anna@hollis.example"}
    assert asset.current_version is not None
    originals = [
        kept(sha256)
        for page in asset.current_version.pages
        for sha256 in (page.preview_320, page.preview_1280)
    ] + [kept(asset.current_version.sha256)]
    assert "1 of 2" in buyer.get(f"/s/{token}").text
    for number in (1, 2):
        for width in (320, 1280):
            answer = buyer.get(f"/s/{token}/1/{number}/{width}.webp")
            assert answer.status_code == 200
            assert answer.data not in originals
            with Image.open(io.BytesIO(answer.data)) as picture:
                assert picture.width == width
                # One even shade before; now it is written over.
                assert len(picture.convert("L").getcolors(4096) or range(99)) > 8
    answer = buyer.get(f"/s/{token}/1/file")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.data not in originals
    assert len(PdfReader(io.BytesIO(answer.data)).pages) == 2
    assert share.watermark


def test_while_the_copy_is_made_nothing_unmarked_is_shown(
    app: Flask, rep: Person, buyer: Buyer
) -> None:
    asset = make_drawn(pages=2)  # its pictures are none, so that no copy comes of them
    _share, token = share_of([asset], rep, watermark=True, download=True)
    copy = db.session.scalars(select(Copy).where(Copy.version_id.is_not(None))).one()
    assert copy.state is CopyState.FAILED
    page = buyer.get(f"/s/{token}").text
    assert "1280.webp" not in page
    assert "data-again" not in page  # it does not ask for ever
    assert "This page could not be marked for you" in page
    assert buyer.get(f"/s/{token}/1/1/1280.webp").status_code == 404
    assert buyer.get(f"/s/{token}/1/file").status_code == 503


def test_a_new_version_is_marked_anew(app: Flask, rep: Person, buyer: Buyer) -> None:
    asset = make_drawn(pages=1)
    real_pictures(asset)
    _share, token = share_of([asset], rep, watermark=True)
    before = buyer.get(f"/s/{token}/1/1/1280.webp").data
    add_version(asset, pages=["Anew. Point 1"])
    real_pictures(asset)
    assert buyer.get(f"/s/{token}/1/1/1280.webp").status_code == 404
    buyer.get(f"/s/{token}")  # asks for the copy, which a job makes
    after = buyer.get(f"/s/{token}/1/1/1280.webp")
    assert after.status_code == 200
    assert after.data != before


def test_the_mark_says_for_whom_and_when() -> None:
    at = now().replace(year=2026, month=11, day=22, hour=14, minute=5)
    assert making.mark_text("Anna Kern", at) == "Anna Kern · 22 Nov 2026, 14:05 UTC"


def test_a_copy_that_stops_its_worker_is_given_up(app: Flask, rep: Person) -> None:
    asset = make_drawn(pages=1)
    _share, _token = share_of([asset], rep, watermark=True)
    copy = db.session.scalars(select(Copy)).one()
    copy.state, copy.error, copy.attempts = CopyState.WAITING, None, 3
    copy.created_at = now() - timedelta(hours=1)
    db.session.commit()
    remake()
    db.session.refresh(copy)
    assert copy.state is CopyState.FAILED
    assert copy.error


def test_copies_for_a_link_that_is_over_go(app: Flask, rep: Person) -> None:
    asset = make_drawn(pages=1)
    real_pictures(asset)
    share, _token = share_of([asset], rep, watermark=True)
    share.expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    copies.forget_old(now())
    db.session.commit()
    assert db.session.scalars(select(Copy)).all() == []
    assert Buyer(app.test_client())
