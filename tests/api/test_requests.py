"""Requests and suggestions by machine: what sales needs, and what there is for a deal."""

from __future__ import annotations

from collections.abc import Callable

from collateral.accounts.models import Role
from collateral.assets.models import Vocabulary
from collateral.clock import now
from collateral.db import db
from collateral.deals.one_deal import upsert_deal
from collateral.requests import operations
from collateral.requests.queries import get
from tests.api.conftest import Caller
from tests.factories import make_asset, make_person, make_team, make_term

Make = Callable[..., Caller]


def test_what_is_missing_is_asked_for_and_listed_with_what_answers_it(caller: Make) -> None:
    rep, marketer = make_person(), make_person(Role.MARKETER)
    deal, _ = upsert_deal(
        "D-1", {"name": "Hollis", "stage": "Evaluation", "owner": rep.email}, at=now()
    )
    db.session.commit()
    calls = caller(rep)
    made = calls.post("/requests", json={"title": " A  case study ", "deal": deal.id})
    assert made.status_code == 201
    assert (made.json["title"], made.json["deals"], made.json["mine"]) == (
        "A case study", ["Hollis"], True,
    )  # fmt: skip
    for number in range(3):
        operations.ask(f"Number {number}", by=marketer, at=now())
    hidden = make_asset(teams=[make_team()])
    operations.answer(get(made.json["id"]), hidden, by=marketer, at=now())
    db.session.commit()

    first = calls.get("/requests?limit=2").json
    rest = calls.get(f"/requests?limit=2&cursor={first['next']}").json
    assert (first["total"], rest["next"]) == (3, None)
    assert {each["title"] for each in first["items"] + rest["items"]} == {
        f"Number {number}" for number in range(3)
    }
    [mine] = calls.get("/requests?state=mine").json["items"]
    assert (mine["id"], mine["state"], mine["asset"]) == (made.json["id"], "made", None)
    [seen] = caller(marketer).get("/requests?state=made").json["items"]
    assert seen["asset"] == {"id": hidden.id, "title": hidden.title}
    assert calls.post("/requests", json={"title": " "}).status_code == 422


def test_a_deal_has_suggestions_with_their_reason_as_long_as_it_is_open(caller: Make) -> None:
    rep = make_person()
    stage = make_term(Vocabulary.STAGE, "evaluation", label="Evaluation")
    fits = make_asset("What downtime costs", terms=[stage])
    make_asset("For others", terms=[stage], teams=[make_team()])
    said = {"name": "Hollis", "stage": "Evaluation", "owner": rep.email}
    upsert_deal("D-1", said, at=now())
    db.session.commit()
    calls = caller(rep)
    [found] = calls.get("/deals/D-1/suggestions").json["items"]
    assert found["asset"] == {"id": fits.id, "title": fits.title}
    assert found["reasons"][0].startswith("Made for deals like this")
    parts = found["parts"]
    assert abs(parts["score"] - parts["proven"] - parts["match"] - parts["fresh"]) < 0.001
    upsert_deal("D-1", {"won": "yes", "closed_on": "2026-01-12"}, at=now())
    db.session.commit()
    assert calls.get("/deals/D-1/suggestions").json["items"] == []
