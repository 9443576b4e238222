"""What a call costs does not grow with what it answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from collateral.accounts.models import Role
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db
from collateral.deals.one_deal import upsert_deal
from collateral.usage.operations import declare_use
from tests.api.conftest import Caller
from tests.factories import make_asset, make_person
from tests.support import counted_queries

Make = Callable[..., Caller]


@pytest.mark.parametrize(
    "path",
    [
        "/assets",
        "/deals",
        "/deals/D-0",
        "/deals/D-0/suggestions",
        "/reports/assets",
        "/reports/ignored",
        "/reports/overview",
    ],
)
def test_no_query_for_each_row(app: Flask, caller: Make, path: str) -> None:
    admin = make_person(Role.ADMIN, Role.MARKETER, Role.MANAGER)
    calls = caller(admin)

    def fill(count: int) -> None:
        first, _ = upsert_deal("D-0", {"name": "First", "stage": "Evaluation"}, at=now())
        for n in range(count):
            asset = make_asset(f"Asset {n}", owner=admin)
            upsert_deal(f"{asset.id}", {"name": f"Deal {n}", "stage": "Evaluation"}, at=now())
            declare_use(db.session.get_one(Asset, asset.id), first, by=admin, at=now())
        db.session.commit()

    def cost() -> int:
        calls.get(path)  # what is made once is made
        with counted_queries(app) as seen:
            assert calls.get(path).status_code == 200
        return len(seen)

    fill(2)
    few = cost()
    fill(6)
    assert cost() <= few + 1
