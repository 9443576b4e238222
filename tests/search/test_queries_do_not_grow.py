"""No page asks the database more often because more is in it: 20 rows and 400 cost the same."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert

from collateral.accounts.models import Person, Role
from collateral.assets import collections
from collateral.assets.models import (
    Asset,
    AssetTag,
    AssetTerm,
    AssetVersion,
    CollectionKind,
    Page,
    ReadingState,
    Status,
    Vocabulary,
)
from collateral.clock import hold, now
from collateral.db import Model, db
from collateral.deals.models import Deal
from collateral.requests.models import Request, RequestWaiting
from collateral.search import jobs
from collateral.usage.models import Evidence, Use
from collateral.usage.team_sets import set_of
from tests.factories import make_person, make_term
from tests.support import SignedInClient, Visitor, counted_queries

FEW, MANY = 20, 400


def fill(count: int, people: dict[Role, Person], term_ids: list[int]) -> None:
    """So many assets with two pages each, as many deals, uses and requests, in bulk."""
    first = (db.session.query(Asset).count()) + 1
    ids = range(first, first + count)
    moment = now() - timedelta(days=30)
    marketer, rep = people[Role.MARKETER].id, people[Role.REP].id
    teams = set_of(people[Role.REP])
    rows: dict[type[Model], list[dict[str, object]]] = {
        Asset: [
            {
                "id": n, "title": f"Turbine number {n}", "summary": "About turbines",
                "status": Status.PUBLISHED, "published_at": moment, "owner_id": marketer,
                "created_by_id": marketer, "created_at": moment, "updated_at": moment,
            }
            for n in ids
        ],
        AssetVersion: [
            {
                "id": n, "asset_id": n, "number": 1, "sha256": f"{n:064x}", "bytes": 1000,
                "filename": f"turbine-{n}.pptx", "family": "deck", "label": "PowerPoint deck",
                "media_type": "application/pdf", "state": ReadingState.READY, "page_count": 2,
                "created_by_id": marketer, "created_at": moment, "read_at": moment,
                "text_at": moment,
            }
            for n in ids
        ],
        Page: [
            {"version_id": n, "number": page, "title": "A turbine", "text": "turbine and pump"}
            for n in ids
            for page in (1, 2)
        ],
        AssetTerm: [{"asset_id": n, "term_id": term} for n in ids for term in term_ids],
        AssetTag: [{"asset_id": n, "tag": "steam"} for n in ids],
        Deal: [
            {
                "id": n, "external_id": f"D-{n}", "name": f"Deal {n}", "account": f"Account {n}",
                "owner_id": rep, "stage": "evaluation", "opened_on": moment.date(),
                "next_call_at": now() + timedelta(days=1, minutes=n),
            }
            for n in ids
        ],
        Use: [
            {
                "asset_id": n, "version_id": n, "deal_id": n, "person_id": rep, "at": moment,
                "stage": "evaluation", "evidence": Evidence.DECLARED, "team_set_id": teams,
                "day": moment.date(),
            }
            for n in ids
        ],
        Request: [
            {"id": n, "title": f"Missing {n}", "by_id": rep, "at": moment, "changed_at": moment}
            for n in ids
        ],
        RequestWaiting: [
            {"request_id": n, "person_id": rep, "deal_id": n, "at": moment} for n in ids
        ],
    }  # fmt: skip
    for model, each in rows.items():
        db.session.execute(insert(model), each)
    db.session.execute(db.update(Asset).values(current_version_id=Asset.id))
    shelf = collections.create(
        f"Shelf {first}", by=people[Role.REP], at=moment, kind=CollectionKind.SHARED
    )
    collections.add(shelf, list(db.session.query(Asset)), by=people[Role.REP], at=moment)
    db.session.commit()
    jobs.rebuild()


PAGES = {
    Role.REP: (
        "/", "/library", "/library?q=turbine", "/library?q=turbnie", "/library?view=list",
        "/library?stage=evaluation&sort=proven", "/search/suggest?q=turb", "/assets/1",
        "/assets/1/pages/2?find=pump", "/collections", "/collections/1", "/deals", "/deals/1",
        "/requests", "/requests/1", "/requests/new?q=turbine",
    ),
    Role.MARKETER: ("/", "/library?status=published", "/assets/1/edit", "/assets/1/retire"),
    Role.MANAGER: (
        "/", "/reports/overview", "/reports/assets", "/reports/search", "/reports/ignored",
    ),
}  # fmt: skip


@pytest.fixture
def people(app: Flask) -> dict[Role, Person]:
    return {role: make_person(role) for role in (Role.REP, Role.MARKETER, Role.MANAGER)}


@pytest.mark.either
def test_the_number_of_queries_does_not_grow_with_rows(
    app: Flask, visitor: Visitor, people: dict[Role, Person]
) -> None:
    term_ids = [
        make_term(Vocabulary.STAGE, "evaluation").id,
        make_term(Vocabulary.INDUSTRY, "food").id,
        make_term(Vocabulary.TYPE, "deck").id,
    ]
    clients = {role: visitor.as_(person) for role, person in people.items()}

    def cost(client: SignedInClient, path: str) -> Counter[str]:
        with counted_queries(app) as seen:
            assert client.get(path).status_code == 200, path
        return Counter(query for query in seen if query.lstrip().upper().startswith("SELECT"))

    def costs() -> dict[str, Counter[str]]:
        with hold(now()):  # each minute it is noted when a browser was seen
            for role, client in clients.items():  # what is made or kept once, is
                for path in PAGES[role]:
                    client.get(path)
            return {
                f"{role.value} {path}": cost(client, path)
                for role, client in clients.items()
                for path in PAGES[role]
            }

    fill(FEW, people, term_ids)
    few = costs()
    fill(MANY, people, term_ids)
    many = costs()
    grown = {
        page: (few[page].total(), many[page].total(), list(many[page] - few[page])[:2])
        for page in few
        if many[page].total() > few[page].total()
    }
    assert grown == {}
    assert max(each.total() for each in many.values()) < 60
