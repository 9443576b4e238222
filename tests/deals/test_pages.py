"""The pages of deals, and what each person finds there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from collateral import clock
from collateral.accounts.models import Person, Role
from collateral.assets.models import Vocabulary
from collateral.db import db
from collateral.deals import listing, queries
from collateral.deals.listing import DealRequest, list_deals
from collateral.deals.models import Deal
from collateral.deals.one_deal import upsert_deal
from collateral.errors import NotFound
from collateral.sharing.queries import sendable
from tests.factories import make_asset, make_person, make_team, make_term
from tests.support import Visitor, counted_queries

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def make_deal(name: str, owner: Person | None = None, **more: Any) -> Deal:
    fields = {"name": name, "stage": "Discovery"} | more
    if owner:
        fields["owner"] = owner.email
    deal, _result = upsert_deal(f"D-{name}", fields, at=AT)
    db.session.commit()
    return deal


def test_an_empty_list_says_whether_there_is_any_deal_at_all(visitor: Visitor) -> None:
    rep = make_person()
    client = visitor.as_(rep)
    assert "No deals yet" in client.get("/deals").text
    make_deal("Done", rep, stage="Won", closed_on="2026-10-01")
    assert "No deal fits" in client.get("/deals").text


def test_a_deal_names_its_source_as_people_do(app: Flask, visitor: Visitor) -> None:
    rep = make_person()
    client, deal = visitor.as_(rep), make_deal("Mine", rep)
    for source, name in {
        "salesforce": "Salesforce",
        "hubspot": "HubSpot",
        "csv": "CSV file",
        "api": "API",
        "hook:erp": "Webhook erp",
        "our old list": "our old list",
    }.items():
        deal.source = source
        db.session.commit()
        assert f"<dt>Source</dt><dd>{name}</dd>" in client.get(f"/deals/{deal.id}").text


def test_a_rep_sees_her_own_deals_and_her_teams(app: Flask, visitor: Visitor) -> None:
    team = make_team()
    ana, ben, other = make_person(teams=[team]), make_person(teams=[team]), make_person()
    _mine, ours, theirs = (
        make_deal(n, p) for n, p in (("Mine", ana), ("Ours", ben), ("Theirs", other))
    )
    page = visitor.as_(ana).get("/deals?outcome=all").text
    assert "Mine" in page
    assert "Ours" in page
    assert "Theirs" not in page
    assert visitor.as_(ana).get(f"/deals/{theirs.id}").status_code == 404
    assert visitor.as_(ana).get(f"/deals/{ours.id}").status_code == 200
    with pytest.raises(NotFound):
        queries.get_visible(ana, theirs.id)
    assert "Theirs" in visitor.as_(make_person(Role.MANAGER)).get("/deals?outcome=all").text


def test_deals_without_a_person_here_belong_to_the_e_mail(app: Flask) -> None:
    deal = make_deal("Early", owner_email="new@example.com")
    later = make_person(email="new@example.com")
    assert queries.get_visible(later, deal.id).id == deal.id


def test_the_list_filters_sorts_and_pages(app: Flask, visitor: Visitor) -> None:
    manager = make_person(Role.MANAGER)
    make_deal("Cheap", amount="10", currency="EUR")
    make_deal("Dear", amount="10000", currency="EUR")
    make_deal("Done", stage="Won", closed_on="2026-10-01")
    client = visitor.as_(manager)
    text = client.get("/deals?sort=amount&down=1").text
    assert text.index("Dear") < text.index("Cheap")
    assert "Done" not in text
    assert "Done" in client.get("/deals?outcome=won").text
    assert "Cheap" not in client.get("/deals?q=dear").text
    for odd in ("?page=999999", "?sort=nonsense", "?q=%25_%27", "?outcome=x", "?page=-3"):
        assert client.get("/deals" + odd).status_code == 200


def test_words_of_any_language_are_found_whatever_their_case(app: Flask) -> None:
    rep = make_person()
    make_deal("Ölmühle Zürich", rep)
    make_deal("Line 100%", rep)
    for q, found in (("ölMÜHLE", 1), ("ZÜRICH öl", 1), ("LINE", 1), ("0%", 1), ("ö%", 0)):
        assert list_deals(rep, DealRequest(q=q)).total == found, q
        assert len(queries.find_open(rep, q)) == found, q
    make_asset("Über die Ölmühle", owner=rep)
    assert [asset.title for asset in sendable(rep, "über ÖL")] == ["Über die Ölmühle"]


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("role", [Role.MANAGER, Role.REP])
def test_far_pages_go_on_where_those_before_them_ended(
    app: Flask, monkeypatch: pytest.MonkeyPatch, role: Role, down: bool
) -> None:
    """Whichever way a page is found: those with a call by its moment, then the others."""
    person = make_person(role)
    for number in range(9):
        deal = make_deal(f"Deal {number}", person)
        deal.next_call_at = AT + timedelta(days=number * 5 % 7) if number % 3 == 0 else None
    db.session.commit()

    def pages() -> list[list[int]]:
        asked = [DealRequest(down=down, page=number, limit=2) for number in range(1, 6)]
        return [[deal.id for deal in list_deals(person, each).deals] for each in asked]

    near = pages()
    monkeypatch.setattr(listing, "FAR", 0)
    assert pages() == near
    assert len({deal_id for page in near for deal_id in page}) == 9


def test_the_list_costs_the_same_whatever_its_length(app: Flask, visitor: Visitor) -> None:
    manager = make_person(Role.MANAGER)
    owners = [make_person() for _ in range(3)]
    client = visitor.as_(manager)
    make_deal("First", owners[0])
    with counted_queries(app) as few:
        client.get("/deals")
    for n in range(12):
        make_deal(f"Deal {n}", owners[n % 3])
    with counted_queries(app) as many:
        client.get("/deals")
    assert len(many) == len(few)


def test_the_likeliest_deal_has_the_next_call(app: Flask) -> None:
    ana = make_person()
    evaluation = make_term(Vocabulary.STAGE, "evaluation")
    asset = make_asset(terms=[evaluation])
    make_deal("No call", ana)
    make_deal("Fits", ana, next_call_at="2026-11-03T16:00:00Z", stage="Evaluation")
    make_deal("Sooner that day", ana, next_call_at="2026-11-03T09:00:00Z")
    make_deal("Over", ana, next_call_at="2026-10-01T09:00:00Z")
    make_deal("Today", ana, next_call_at="2026-11-02T15:00:00Z")
    make_deal("Lost", ana, stage="Lost", closed_on="2026-10-01")
    make_deal("Somebody else's", make_person(), next_call_at="2026-11-02T10:00:00Z")
    likely = queries.likely_deals(ana, asset, 10, at=AT)
    assert [item.deal.name for item in likely] == [
        "Today",
        "Fits",
        "Sooner that day",
        "No call",
        "Over",
    ]
    assert likely[1].matches == ["Evaluation"]


def test_a_stage_is_known_for_each_moment(app: Flask) -> None:
    for slug in ("discovery", "evaluation"):
        make_term(Vocabulary.STAGE, slug)
    deal, _ = upsert_deal(
        "H",
        {"name": "History", "stage": "Evaluation"},
        at=AT,
        history=[("Discovery", AT - timedelta(days=30)), ("Evaluation", AT - timedelta(days=10))],
    )
    assert queries.stage_at(deal, AT - timedelta(days=20)) == "discovery"
    assert queries.stage_at(deal, AT) == "evaluation"
    assert queries.stage_at(deal, AT - timedelta(days=40)) == ""


def test_the_deal_page_shows_stages_and_uses_and_lets_them_be_taken_back(
    app: Flask, visitor: Visitor
) -> None:
    from collateral.usage import operations as usage

    ana = make_person(teams=[make_team()])
    deal = make_deal("Mine", ana, amount="1200", currency="EUR")
    with clock.hold(AT):
        use = usage.declare_use(make_asset("The deck"), deal, by=ana, at=AT)
    db.session.commit()
    client = visitor.as_(ana)
    page = client.get(f"/deals/{deal.id}").text
    assert "The deck" in page
    assert "evidence__dot--declared" in page
    assert client.post(f"/uses/{use.id}/retract").status_code == 303
    assert "The deck" not in client.get(f"/deals/{deal.id}").text.split("toast")[0]


def test_a_deal_says_what_it_is_about_in_the_words_of_the_library(
    app: Flask, visitor: Visitor
) -> None:
    make_term(Vocabulary.INDUSTRY, "food", "Food and drink")
    ana = make_person()
    deal = make_deal("Brewery", ana)
    deal.industry, deal.region = "food", "south-east"  # an import may leave a slug without a term
    db.session.commit()
    page = visitor.as_(ana).get(f"/deals/{deal.id}").text
    assert "<dd>Food and drink</dd>" in page
    assert "<dd>South east</dd>" in page
