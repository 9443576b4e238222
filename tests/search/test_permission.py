"""t07, t38: results, counts and suggestions equal a naive filter over what is visible."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from collateral.accounts.models import Person, Role
from collateral.assets.models import (
    Asset,
    Collection,
    CollectionItem,
    CollectionKind,
    Status,
    Vocabulary,
)
from collateral.assets.queries import visible
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal
from collateral.search import jobs, queries, typeahead
from collateral.search.engine import engine
from collateral.search.folding import words
from collateral.search.requests import SearchRequest
from tests.factories import make_asset, make_person, make_team, make_term
from tests.search.test_language import WICKED
from tests.support import Visitor

WORDS = ("turbine", "pump", "valve", "seal", "cost")


@pytest.fixture
def people(app: Flask) -> list[Person]:
    """A rep of each of two teams, one of none, a marketer; assets of every status and team."""
    north, south = make_team("North"), make_team("South")
    stages = [make_term(Vocabulary.STAGE, slug) for slug in ("discovery", "proposal")]
    reps = [
        make_person(Role.REP, teams=[north]),
        make_person(Role.REP, teams=[south]),
        make_person(Role.REP),
    ]
    marketer = make_person(Role.MARKETER)
    number = 0
    for status in Status:
        for teams in ((), (north,), (south,), (north, south)):
            number += 1
            make_asset(
                f"{WORDS[number % 5]} {WORDS[number % 3]} {number}".capitalize(),
                owner=[marketer, reps[0], reps[2]][number % 3],
                status=status,
                teams=teams,
                terms=[stages[number % 2]],
                pages=[f"{WORDS[number % 4]} page", "secret" if teams else "open"],
            )
    return [*reps, marketer]


def seen(person: Person, *, retired: bool = False) -> list[Asset]:
    query = select(Asset).where(visible(person))
    if not retired:
        query = query.where(Asset.status != Status.RETIRED)
    return list(db.session.scalars(query))


def holds(asset: Asset, word: str) -> bool:
    assert asset.current_version
    said = [asset.title, *(page.text for page in asset.current_version.pages)]
    return any(word in words(text) for text in said)


def test_t07_results_and_counts_are_those_of_visible_assets(people: list[Person]) -> None:
    for person in people:
        for word in (*WORDS, "secret", "open"):
            for stage in (None, "stage:discovery", "stage:proposal"):
                right = [
                    asset
                    for asset in seen(person)
                    if holds(asset, word) and stage in (None, *(t.key for t in asset.terms))
                ]
                result = queries.search(
                    person,
                    SearchRequest(q=word, terms=(stage,) if stage else (), only=True, limit=100),
                )
                assert {hit.asset.id for hit in result.hits} == {asset.id for asset in right}
                assert result.total == len(right)
                if stage is None:
                    for key in ("stage:discovery", "stage:proposal"):
                        count = sum(key in [t.key for t in asset.terms] for asset in right)
                        assert result.counts.get(key, 0) == count


def test_t07_the_whole_library_is_what_is_visible(people: list[Person]) -> None:
    for person in people:
        result = queries.search(person, SearchRequest(limit=100))
        assert {hit.asset.id for hit in result.hits} == {asset.id for asset in seen(person)}
        retired = queries.search(person, SearchRequest(status=("retired",), limit=100))
        assert {hit.asset.id for hit in retired.hits} == {
            asset.id for asset in seen(person, retired=True) if asset.status is Status.RETIRED
        }


def test_t07_suggestions_are_those_of_visible_assets(people: list[Person]) -> None:
    for person in people:
        for word in WORDS:
            right = [asset for asset in seen(person) if word in words(asset.title)]
            found = typeahead.suggest(person, word[:3])
            assert {item.id for item in found.assets} <= {asset.id for asset in right}
            assert bool(found.assets) == bool(right)
            anywhere = sum(holds(asset, word) for asset in seen(person))
            totals = {c.text: c.total for c in found.searches}
            assert totals.get(word, anywhere) == anywhere
            assert word in totals or not right


def test_t07_a_change_of_who_may_see_holds_before_the_index_follows(
    people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    rep = people[2]
    team = make_team("West")
    asset = make_asset("Compressor", terms=[make_term(Vocabulary.STAGE, "closing")])
    other = make_asset("Compressor, retired soon")
    assert queries.search(rep, SearchRequest(q="compressor")).total == 2
    # Another process holds the writer for the rest of this test: the index stays as it is.
    monkeypatch.setattr(engine(), "write", lambda *_: False)
    monkeypatch.setattr(jobs, "rebuild", lambda: None)
    asset.teams.append(team)
    other.status, other.retired_at = Status.RETIRED, now()
    db.session.commit()
    result = queries.search(rep, SearchRequest(q="compressor"))
    assert (result.total, result.hits) == (0, ())
    assert "stage:closing" not in result.counts
    found = typeahead.suggest(rep, "compre")
    assert (found.assets, found.searches) == ((), ())


def test_t07_collections_and_deals_are_suggested_to_whom_they_exist_for(app: Flask) -> None:
    mine, other = make_person(Role.REP), make_person(Role.REP)
    asset, draft = make_asset("Pump"), make_asset("Pump draft", status=Status.DRAFT)
    for owner, kind in ((other, CollectionKind.PERSONAL), (other, CollectionKind.SHARED)):
        collection = Collection(title=f"Pumps {kind.value}", owner_id=owner.id, kind=kind)
        collection.items = [
            CollectionItem(asset_id=asset.id, position=1),
            CollectionItem(asset_id=draft.id, position=2),
        ]
        db.session.add(collection)
    call = now() + timedelta(days=1)
    db.session.add(Deal(external_id="1", name="Pumps for us", owner_id=mine.id, next_call_at=call))
    db.session.add(Deal(external_id="2", name="Pumps for them", owner_id=other.id))
    db.session.commit()
    found = typeahead.suggest(mine, "pump")
    assert [(c.title, c.assets) for c in found.collections] == [("Pumps shared", 1)]
    assert [deal.name for deal in found.deals] == ["Pumps for us"]


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    q=WICKED,
    term=st.sampled_from(["stage:discovery", "stage:x", "x", ":", "", "type:' or 1=1 --"]),
    sort=st.sampled_from(["relevance", "proven", "newest", "title", "id; drop table", ""]),
    cursor=st.sampled_from(["", "0", "5", "-1", "1e9", "999999999", "x", "²"]),
    who=st.integers(0, 3),
)
def test_t38_t24_no_query_shows_an_error_or_what_is_not_visible(
    people: list[Person], visitor: Visitor, q: str, term: str, sort: str, cursor: str, who: int
) -> None:
    client = visitor.as_(people[who])
    q = q.encode("utf-8", "replace").decode()[:2000]
    query = {"q": q, "term": term, "sort": sort, "cursor": cursor, "show": "x", "owner": cursor}
    answer = client.get("/library", query_string=query)
    assert answer.status_code == 200
    ids = {asset.id for asset in seen(people[who], retired=True)}
    result = queries.search(people[who], SearchRequest(q=q))
    assert {hit.asset.id for hit in result.hits} <= ids
    assert result.total <= len(ids)
    assert client.get("/search/suggest", query_string={"q": q}).status_code == 200
