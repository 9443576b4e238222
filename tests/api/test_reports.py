"""Every report that the API names, as JSON and as the files that the pages give."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collateral.accounts.models import Role
from collateral.assets.models import Vocabulary
from collateral.clock import now
from collateral.db import db
from collateral.deals import one_deal as deals
from collateral.usage import operations as usage
from tests.api.conftest import Caller
from tests.factories import make_asset, make_person, make_term

NAMES = (
    "overview", "assets", "coverage", "adoption", "search", "ignored", "influence", "changes",
    "worth",
)  # fmt: skip


@pytest.fixture
def calls(caller: Callable[..., Caller]) -> Caller:
    make_term(Vocabulary.STAGE, "evaluation")
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


def test_the_scorecard_says_what_its_page_says(calls: Caller) -> None:
    (row,) = calls.get("/reports/assets").json["items"]
    path = f"/reports/assets/{row['asset']['id']}"
    card = calls.get(path).json
    assert (card["deals"], card["open"], row["family_uses"]) == (1, 1, 1.0)
    assert [stage["name"] for stage in card["stages"]] == ["evaluation"]
    assert card["influence"]["overall"]["difference"] is None
    assert calls.get(f"{path}?format=csv").mimetype == "text/csv"
    assert calls.get(f"{path}?format=xlsx").data.startswith(b"PK")


def test_the_numbers_of_every_report_are_explained(calls: Caller) -> None:
    (row,) = calls.get("/reports/assets").json["items"]
    of_asset = f"asset={row['asset']['id']}&"
    for metric, more, outcomes in (
        ("uses", "", {"counted": 1}),
        ("deals_with_use", "", {"counted": 1}),
        ("searches", "words=roi&list=result&", {}),
        ("coverage_uses", "stage=evaluation&", {"counted": 1}),
        ("coverage_deals", "stage=evaluation&", {"counted": 1}),
        ("coverage_assets", "across=industry&", {"counted": 1}),
        ("adaptations", of_asset, {}),
        ("hours", "", {}),
        ("merged", "", {}),
        ("reviewed", "", {}),
        ("requested", "", {}),
        ("influence", of_asset, {}),
    ):
        found = calls.get(f"/explain/{metric}?{more}period=90-days")
        assert found.status_code == 200, (metric, found.json)
        assert found.json["outcomes"] == outcomes, metric
        assert len(found.json["items"]) == found.json["total"]
    assert calls.get("/explain/influence").status_code == 404
    assert calls.get("/explain/nothing").status_code == 404
