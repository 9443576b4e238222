"""Two clicks at the same moment are one use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal
from collateral.usage.models import Use
from collateral.usage.operations import declare_use
from tests.factories import make_asset, make_person


def test_eight_clicks_at_once_are_one_use(app: Flask) -> None:
    rep, asset = make_person(Role.REP), make_asset()
    deal = Deal(external_id="1", name="Pilot", owner_id=rep.id, owner_email=rep.email)
    db.session.add(deal)
    db.session.commit()
    ids = asset.id, deal.id, rep.id

    def click(_number: int) -> int:
        with app.app_context():
            a, d, p = (
                db.session.get_one(model, key)
                for model, key in zip((Asset, Deal, Person), ids, strict=True)
            )
            use = declare_use(a, d, by=p, at=now())
            use_id = use.id
            db.session.commit()
            return use_id

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(click, range(8)))
    assert len(found) == 1
    assert db.session.scalar(select(func.count()).select_from(Use)) == 1
