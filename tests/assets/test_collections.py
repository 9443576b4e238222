"""Collections and saved searches over HTTP: their order, who sees what of them, what they cost."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from collateral.accounts.models import Person, Role
from collateral.assets import collections
from collateral.assets.models import Asset, Collection, CollectionKind, Status, Vocabulary
from collateral.clock import now
from collateral.db import db
from tests.factories import make_asset, make_person, make_team, make_term
from tests.support import SignedInClient, Visitor, counted_queries


def collection_of(
    owner: Person, assets: Sequence[Asset] = (), kind: CollectionKind = CollectionKind.PERSONAL
) -> Collection:
    made = collections.create("For the board", by=owner, at=now(), kind=kind)
    db.session.flush()
    collections.add(made, assets, by=owner, at=now())
    db.session.commit()
    return made


def titles(client: SignedInClient, collection_id: int) -> list[str]:
    """The titles of the cards in their order."""
    answer = client.get(f"/collections/{collection_id}")
    assert answer.status_code == 200
    return re.findall(r'class="card__link"[^>]*>(.*?)</a>', answer.text)


def kept() -> Collection:
    return db.session.scalars(select(Collection)).one()


def test_assets_chosen_in_the_library_are_added_in_order(visitor: Visitor) -> None:
    rep = make_person(Role.REP)
    assets = [make_asset(title) for title in ("Pump", "Turbine", "Valve")]
    chosen = [assets[2].id, assets[0].id]
    client = visitor.as_(rep)
    page = client.get("/collections/add", query_string={"asset": chosen, "back": "/library?q=x"})
    assert "2 assets" in page.text
    answer = client.post(
        "/collections/add",
        data={"asset": chosen, "title": "Monday", "back": "/library?q=x"},
    )
    assert answer.location == "/library?q=x"
    made = kept()
    assert titles(client, made.id) == ["Valve", "Pump"]
    client.post(
        "/collections/add", data={"asset": [assets[1].id, chosen[0]], "collection": made.id}
    )
    assert titles(client, made.id) == ["Valve", "Pump", "Turbine"]


def test_the_way_back_never_leads_to_another_host(visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.REP))
    data = {"asset": make_asset().id, "title": "Monday", "back": "//elsewhere.example"}
    assert client.post("/collections/add", data=data).location == "/library"


def test_assets_are_moved_and_stay_so(visitor: Visitor) -> None:
    rep = make_person(Role.REP)
    assets = [make_asset(title) for title in ("A", "B", "C")]
    made = collection_of(rep, assets)
    client, url = visitor.as_(rep), f"/collections/{made.id}"
    client.post(f"{url}/move?to=up", data={"asset": assets[2].id})
    assert titles(client, made.id) == ["A", "C", "B"]
    client.post(f"{url}/move?to=down", data={"asset": assets[0].id})
    assert titles(client, made.id) == ["C", "A", "B"]
    client.post(f"{url}/move?to=up", data={"asset": assets[2].id})  # the first stays the first
    assert titles(client, made.id) == ["C", "A", "B"]


def test_moving_passes_what_the_mover_does_not_see() -> None:
    assert collections.moved([1, 2, 3, 4], [1, 4], 4, up=True) == [4, 1, 2, 3]
    assert collections.moved([1, 2, 3, 4], [1, 4], 1, up=False) == [2, 3, 4, 1]
    assert collections.moved([1, 2, 3], [1, 3], 2, up=True) == [1, 2, 3]
    assert collections.moved([1, 2, 3], [1, 2, 3], 3, up=False) == [1, 2, 3]


def test_a_removed_asset_is_put_back_where_it_was(visitor: Visitor) -> None:
    rep = make_person(Role.REP)
    assets = [make_asset(title) for title in ("A", "B", "C")]
    made = collection_of(rep, assets)
    client = visitor.as_(rep)
    client.post(f"/collections/{made.id}/remove", data={"asset": assets[1].id})
    page = client.get(f"/collections/{made.id}").text
    assert re.findall(r'class="card__link"[^>]*>(.*?)</a>', page) == ["A", "C"]
    undo = re.search(r'action="(/collections/\d+/put-back[^"]*)"', page)
    assert undo is not None
    client.post(undo[1].replace("&amp;", "&"))
    assert titles(client, made.id) == ["A", "B", "C"]


def test_renamed_shared_and_deleted(visitor: Visitor) -> None:
    rep, other = make_person(Role.REP), make_person(Role.REP)
    asset = make_asset()
    made = collection_of(rep, [asset])
    client, url = visitor.as_(rep), f"/collections/{made.id}"
    assert client.post(f"{url}/edit", data={"title": " ", "kind": "shared"}).status_code == 400
    assert client.post(f"{url}/edit", data={"title": "Ours", "kind": "shared"}).location == url
    assert titles(visitor.as_(other), made.id) == [asset.title]
    assert "Ours" in visitor.as_(other).get("/collections").text
    assert client.post(f"{url}/delete").location == "/collections"
    assert client.get(url).status_code == 404
    assert client.get(f"/assets/{asset.id}").status_code == 200


def test_a_personal_collection_does_not_exist_for_others(visitor: Visitor) -> None:
    asset = make_asset()
    made = collection_of(make_person(Role.REP), [asset])
    client, url = visitor.as_(make_person(Role.MARKETER, Role.ADMIN)), f"/collections/{made.id}"
    assert client.get(url).status_code == 404
    assert client.get(f"{url}/edit").status_code == 404
    for act in ("delete", "move?to=up", "remove", "put-back"):
        answer = client.post(f"{url}/{act}", data={"asset": asset.id})
        assert answer.status_code == 404, act
    data = {"asset": asset.id, "collection": made.id}
    assert client.post("/collections/add", data=data).status_code == 404
    assert made.title not in client.get("/collections").text
    suggested = client.get("/search/suggest?q=board").get_json()["groups"]
    assert all(group["label"] != "Collections" for group in suggested)


def test_a_shared_collection_is_seen_and_not_changed_by_others(visitor: Visitor) -> None:
    asset = make_asset()
    made = collection_of(make_person(Role.REP), [asset], CollectionKind.SHARED)
    client, url = visitor.as_(make_person(Role.ADMIN)), f"/collections/{made.id}"
    page = client.get(url).text
    assert f"{url}/remove" not in page
    assert f"{url}/edit" not in page
    assert client.get(f"{url}/edit").status_code == 403
    for act in ("delete", "move?to=up", "remove", "put-back"):
        answer = client.post(f"{url}/{act}", data={"asset": asset.id})
        assert answer.status_code == 403, act


def test_hidden_and_retired_assets_are_neither_shown_nor_counted(visitor: Visitor) -> None:
    marketer = make_person(Role.MARKETER)
    assets = [
        make_asset("Secret", teams=[make_team()]),
        make_asset("Unfinished", status=Status.DRAFT),
        make_asset("Gone", status=Status.RETIRED),
        make_asset("Open"),
    ]
    made = collection_of(marketer, assets, CollectionKind.FEATURED)
    rep, full = visitor.as_(make_person(Role.REP)), visitor.as_(marketer)
    assert titles(rep, made.id) == ["Open"]
    assert titles(full, made.id) == ["Secret", "Unfinished", "Open"]
    for address in ("/collections", f"/collections/{made.id}"):
        page = rep.get(address).text
        assert "1 asset" in page
        assert "Secret" not in page
        assert f"/assets/{assets[0].id}/" not in page
        assert "3 assets" in full.get(address).text
    hint = rep.get("/search/suggest?q=board").get_json()["groups"][-1]["items"][0]["hint"]
    assert hint == "1 asset"
    answer = rep.post("/collections/add", data={"asset": assets[0].id, "title": "Mine"})
    assert answer.status_code == 404


def test_featuring_needs_the_permission(visitor: Visitor) -> None:
    rep, marketer = make_person(Role.REP), make_person(Role.MARKETER)
    asset = make_asset()
    made = collection_of(rep, [asset])
    data = {"title": "Top", "kind": "featured"}
    client = visitor.as_(rep)
    assert 'value="featured"' not in client.get("/collections/new").text
    assert client.post("/collections/new", data=data).status_code == 400
    assert client.post(f"/collections/{made.id}/edit", data=data).status_code == 400
    assert "Top" not in client.get("/library").text
    url = visitor.as_(marketer).post("/collections/new", data=data).location
    visitor.as_(marketer).post(
        "/collections/add", data={"asset": asset.id, "collection": url.rpartition("/")[2]}
    )
    assert "Top" in client.get("/library").text
    assert "Top" not in client.get("/library?q=cost").text
    assert client.post(f"{url}/delete").status_code == 403
    # Another marketer keeps it too, and cannot take it for herself.
    other = visitor.as_(make_person(Role.MARKETER))
    assert other.post(f"{url}/edit", data={**data, "kind": "personal"}).status_code == 400
    assert other.post(f"{url}/edit", data={**data, "kind": "shared"}).location == url


def test_a_featured_collection_of_hidden_assets_stays_off_the_library(visitor: Visitor) -> None:
    make_asset()
    hidden = make_asset("Secret", teams=[make_team()])
    made = collection_of(make_person(Role.MARKETER), [hidden], CollectionKind.FEATURED)
    assert made.title not in visitor.as_(make_person(Role.REP)).get("/library").text


@pytest.mark.parametrize(
    "address",
    [
        "q=unplanned+downtime",
        "q=%C2%A350+%26+%3Cb%3E&stage=evaluation&stage=proposal&sort=newest&view=list",
        "stage=evaluation",
    ],
)
def test_a_saved_search_leads_back_to_its_address(visitor: Visitor, address: str) -> None:
    for slug in ("evaluation", "proposal"):
        make_term(Vocabulary.STAGE, slug)
    client = visitor.as_(make_person(Role.REP))
    page = client.get(f"/library?{address}&show=40&search=12").text
    save = re.search(r'href="(/collections/new\?query=[^"]*)"', page)
    assert save is not None
    form = client.get(save[1].replace("&amp;", "&")).text
    query = re.search(r'name="query" value="([^"]*)"', form)
    assert query is not None
    answer = client.post(
        "/collections/new",
        data={"title": "Mine", "kind": "personal", "query": query[1].replace("&amp;", "&")},
    )
    assert answer.location == f"/library?{address}"
    assert client.get(f"/collections/{kept().id}").location == f"/library?{address}"
    listed = client.get("/collections").text
    assert "Saved search" in listed
    assert "<b>" not in listed


def test_the_whole_library_is_no_search_to_save(visitor: Visitor) -> None:
    make_asset()
    client = visitor.as_(make_person(Role.REP))
    assert "/collections/new?query=" not in client.get("/library?view=list").text
    client.post("/collections/new", data={"title": "A", "kind": "personal", "query": "view=list"})
    assert kept().query is None


def test_what_a_saved_search_keeps_is_a_search_and_no_address(visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.REP))
    data = {"title": "A", "kind": "personal", "query": "q=pump&next=//elsewhere&cursor=40"}
    assert client.post("/collections/new", data=data).location == "/library?q=pump"
    asset = make_asset()
    answer = client.post("/collections/add", data={"asset": asset.id, "collection": kept().id})
    assert answer.status_code == 409


def test_bulk_acts_are_offered_to_those_who_may(visitor: Visitor) -> None:
    asset = make_asset()
    rep = visitor.as_(make_person(Role.REP)).get("/library").text
    assert f'name="asset" value="{asset.id}"' in rep
    assert "Add to collection" in rep
    assert 'formaction="/assets/publish"' not in rep
    marketer = visitor.as_(make_person(Role.MARKETER)).get("/library?view=list").text
    assert 'formaction="/assets/publish"' in marketer
    assert 'formaction="/assets/describe"' in marketer


def test_describing_and_publishing_lead_back_to_the_library(visitor: Visitor) -> None:
    assets = [make_asset(status=Status.DRAFT) for _ in range(2)]
    ids = [asset.id for asset in (*assets, make_asset())]
    client = visitor.as_(make_person(Role.MARKETER))
    answer = client.post("/assets/publish", data={"asset": ids, "back": "/library?sort=newest"})
    assert answer.location == "/library?sort=newest"
    assert {asset.status for asset in assets} == {Status.PUBLISHED}
    assert "2 assets published" in client.get("/library").text  # the third was before
    page = client.get("/assets/describe", query_string={"asset": ids, "back": "/library?q=x"})
    assert 'href="/library?q=x"' in page.text
    answer = client.post("/assets/describe?back=/library?q=x", data={"asset": ids})
    assert answer.location == "/library?q=x"


def test_the_pages_cost_the_same_however_much_there_is(app: Flask, visitor: Visitor) -> None:
    rep = make_person(Role.REP)
    client = visitor.as_(rep)
    made = collection_of(rep, [make_asset()])
    addresses = ("/collections", f"/collections/{made.id}", "/library")

    def cost(address: str) -> int:
        with counted_queries(app) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    owner = make_person(Role.MARKETER)
    collection_of(owner, [make_asset()], CollectionKind.FEATURED)
    for address in addresses:  # what is read once is read
        cost(address)
    collections.add(made, [make_asset("One more")], by=rep, at=now())
    db.session.commit()  # one of which no card is kept yet, as of the eight
    before = [cost(address) for address in addresses]
    more = [make_asset(f"Asset {n}") for n in range(8)]
    collections.add(made, more, by=rep, at=now())
    for kind in (CollectionKind.SHARED, CollectionKind.FEATURED):
        for _ in range(3):
            collection_of(make_person(Role.MARKETER), more, kind)
    assert [cost(address) for address in addresses] == before


def test_the_parts_of_the_pages_are_shown_to_admins(visitor: Visitor) -> None:
    assert visitor.as_(make_person(Role.ADMIN)).get("/styleguide").status_code == 200
    assert visitor.as_(make_person(Role.MARKETER)).get("/styleguide").status_code == 403
