"""A rep with a deal and something to send, and a buyer's browser."""

from __future__ import annotations

import functools
import io
import itertools
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset, AssetVersion
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal, StageChange
from collateral.sharing import operations
from collateral.sharing.models import Share
from collateral.sharing.operations import Asking, Wishes
from collateral.storage import storage
from tests.factories import make_asset, make_person

BROWSER = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
)
_numbers = itertools.count(1)


def make_deal(owner: Person, *, name: str = "Downtime pilot") -> Deal:
    deal = Deal(
        external_id=f"D-{next(_numbers)}",
        name=name,
        account="Hollis Dairy",
        owner_id=owner.id,
        stage="evaluation",
        stage_label="Evaluation",
        stages=[StageChange(stage="evaluation", label="Evaluation", at=now() - timedelta(days=9))],
    )
    db.session.add(deal)
    db.session.commit()
    return deal


def draw(version: AssetVersion) -> AssetVersion:
    """Give every page pictures of its own, which nothing else in the library has."""
    for page in version.pages:
        for width in (320, 1280):
            data = f"picture {version.id}/{page.number}/{width} {next(_numbers)} ".encode() * 9
            kept = storage().put(io.BytesIO(data)).sha256
            setattr(page, f"preview_{width}", kept)
        page.width, page.height = 1280, 720
    db.session.commit()
    return version


def make_drawn(title: str = "Payback in eleven months", pages: int = 4, **given: Any) -> Asset:
    """A published asset whose pages have words and pictures."""
    texts = [f"{title}. Point {number}" for number in range(1, pages + 1)]
    asset = make_asset(title, pages=texts, **given)
    assert asset.current_version is not None
    draw(asset.current_version)
    return asset


@functools.cache
def kept(sha256: str | None) -> bytes:
    assert sha256 is not None
    with storage().open(sha256) as file:
        return file.read()


def share_of(
    assets: list[Asset], by: Person, deal: Deal | None = None, **wishes: Any
) -> tuple[Share, str]:
    """A link, made by the way that views go; and its token."""
    share, token = operations.create(
        assets,
        Wishes(**{"recipient": "Anna Kern", **wishes}),
        by=by,
        at=now(),
        asking=Asking(session_key=None, user_agent=BROWSER),
        deal=deal,
    )
    db.session.commit()
    return share, token


@dataclass
class Buyer:
    """A buyer's browser: it keeps cookies and sends what our page would send."""

    client: FlaskClient
    agent: str = BROWSER
    headers: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def get(self, path: str, **headers: str) -> TestResponse:
        # From another network each time: limits have tests of their own.
        self.asked += 1
        return self.client.get(
            path,
            buffered=True,
            headers={"User-Agent": self.agent, **self.headers, **headers},
            environ_overrides={"REMOTE_ADDR": f"10.{self.asked >> 8 & 255}.{self.asked & 255}.9"},
        )

    def post(self, path: str, token: str, **given: Any) -> TestResponse:
        headers = {"User-Agent": self.agent, "X-CSRFToken": token}
        return self.client.post(path, headers=headers, **given)

    def opened(self, token: str) -> tuple[str, str]:
        """Open the link: the page's CSRF token and its beacon."""
        page = self.get(f"/s/{token}").text
        found = re.search(r'data-csrf="([^"]+)" data-beacon="([^"]+)"', page)
        assert found is not None, page[:500]
        return found[1], found[2]

    def reads(self, token: str, *pages: tuple[int, int, float]) -> TestResponse:
        """Open the link and say for how long which pages were seen."""
        csrf, beacon = self.opened(token)
        said = {"beacon": beacon, "pages": [list(page) for page in pages] or [[1, 1, 0]]}
        return self.post(f"/s/{token}/beat", csrf, json=said)

    def sends(self, token: str, step: str, **form: str) -> TestResponse:
        """Fill in a gate's form."""
        page = self.get(f"/s/{token}").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        csrf = found[1] if found else ""
        return self.post(f"/s/{token}/{step}", csrf, data=form)


@pytest.fixture
def rep(app: Flask) -> Person:
    return make_person(Role.REP, name="Mara Brandt")


@pytest.fixture
def buyer(app: Flask) -> Buyer:
    return Buyer(app.test_client())
