"""Every report that the API names, as JSON and as the files that the pages give."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collateral.accounts.models import Role
from collateral.clock import now
from collateral.db import db
from collateral.deals import operations as deals
from collateral.usage import operations as usage
from tests.api.conftest import Caller
from tests.factories import make_asset, make_person

NAMES = ("overview", "assets", "coverage", "adoption", "search", "ignored", "influence", "changes")


@pytest.fixture
def calls(caller: Callable[..., Caller]) -> Caller:
    rep = make_person(Role.REP, name="Kim Holt")
    asset = make_asset("A deck")
    deal, _ = deals.upsert_deal(
        "D1", {"name": "Deal", "owner": rep.email, "stage": "Evaluation"}, at=now()
    )
    usage.declare_use(asset, deal, by=rep, at=now())
    db.session.commit()
    return caller(make_person(Role.MANAGER))


def test_each_report_answers_in_each_form(calls: Caller) -> None:
    for name in NAMES:
        found = calls.get(f"/reports/{name}?period=90-days")
        assert found.status_code == 200, (name, found.json)
        assert {"first", "last"} <= found.json.keys()
        assert calls.get(f"/reports/{name}?format=csv").mimetype == "text/csv"
        assert calls.get(f"/reports/{name}?format=xlsx").data.startswith(b"PK"), name
    (asset,) = calls.get("/reports/influence").json["items"]
    # One deal is not enough to say anything.
    assert asset["overall"]["difference"] is None
    (person,) = calls.get("/reports/adoption").json["people"]
    assert (person["who"]["title"], person["uses"]) == ("Kim Holt", 1)
