"""The library page over HTTP: what it shows, what it costs, what it leaves in the log."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset, AssetVersion, Page, SynonymGroup, Vocabulary
from collateral.clock import hold, now
from collateral.db import db
from collateral.search.models import Search, SearchOpening
from collateral.usage.models import DailySum, Event, EventKind, Level
from tests.factories import make_asset, make_person, make_term
from tests.support import Visitor, counted_queries


def titles(text: str) -> list[str]:
    """The titles of the cards, without their marks."""
    found = re.findall(r'class="card__link"[^>]*>(.*?)</a>', text)
    return [re.sub("</?mark>", "", title) for title in found]


def test_the_page_is_the_library_without_words_and_search_with_them(
    app: Flask, visitor: Visitor
) -> None:
    make_asset("Turbine outlook")
    make_asset("Pump outlook")
    client = visitor.as_(make_person(Role.REP))
    assert sorted(titles(client.get("/library").text)) == ["Pump outlook", "Turbine outlook"]
    assert titles(client.get("/search?q=turbine").text) == ["Turbine outlook"]


def test_the_matching_page_is_shown_with_its_preview_and_marked_words(
    app: Flask, visitor: Visitor
) -> None:
    asset = make_asset("Outlook", pages=["One", "Two", "Grüße, <b>turbine</b> & pump cost less"])
    page = db.session.scalars(select(Page).where(Page.number == 3)).one()
    page.preview_320 = "a" * 64
    db.session.commit()
    text = visitor.as_(make_person(Role.REP)).get("/library?q=turbine+GRUSSE").text
    assert f"/assets/{asset.id}/versions/1/pages/3/preview-320.webp?v={'a' * 64}" in text
    assert f"/assets/{asset.id}/pages/3?search=" in text
    assert "<mark>Grüße</mark>, &lt;b&gt;<mark>turbine</mark>&lt;/b&gt; &amp; pump" in text


def test_filters_are_chosen_and_taken_off_by_address(app: Flask, visitor: Visitor) -> None:
    evaluation = make_term(Vocabulary.STAGE, "evaluation")
    proposal = make_term(Vocabulary.STAGE, "proposal")
    make_asset("Turbine one", terms=[evaluation])
    make_asset("Turbine two", terms=[proposal])
    client = visitor.as_(make_person(Role.REP))
    assert titles(client.get("/library?q=turbine&stage=evaluation").text) == ["Turbine one"]
    assert titles(client.get("/library?q=turbine&term=stage:proposal").text) == ["Turbine two"]
    text = client.get("/library?q=turbine&stage=evaluation").text
    assert re.search(r'href="/library\?q=turbine"[^>]*>', text)
    both = client.get("/library?stage=evaluation&stage=proposal").text
    assert len(titles(both)) == 2


def test_labels_of_terms_and_synonyms_are_understood(app: Flask, visitor: Visitor) -> None:
    talks = make_term(Vocabulary.STAGE, "negotiation", "Closing talks")
    make_asset("Pump", terms=[talks])
    make_asset("Outage report")
    db.session.add(SynonymGroup(words=["unplanned downtime", "outage"]))
    db.session.commit()
    client = visitor.as_(make_person(Role.REP))
    assert titles(client.get('/library?q=stage:"closing talks"').text) == ["Pump"]
    assert titles(client.get("/library?q=stage:clos").text) == ["Pump"]
    text = client.get("/library?q=unplanned+downtime").text
    assert titles(text) == ["Outage report"]
    assert "Also searched: outage" in text
    assert titles(client.get("/library?q=unplanned+downtime&only=1").text) == []


def test_near_misses_stand_apart(app: Flask, visitor: Visitor) -> None:
    make_asset("Turbine outlook")
    text = visitor.as_(make_person(Role.REP)).get("/library?q=turbnie").text
    assert "Nothing for" in text
    assert titles(text[text.index("Close to it") :]) == ["Turbine outlook"]


def test_only_the_fragments_are_sent_to_a_page_that_replaces_them(
    app: Flask, visitor: Visitor
) -> None:
    make_asset("Turbine outlook")
    client = visitor.as_(make_person(Role.REP))
    text = client.get("/library?q=turbine", headers={"X-Fragment": "facets results"}).text
    assert titles(text) == ["Turbine outlook"]
    assert 'data-fragment="facets"' in text
    assert 'data-fragment="results"' in text
    assert "topbar" not in text


def test_more_is_shown_by_the_same_address_and_is_no_new_search(
    app: Flask, visitor: Visitor
) -> None:
    for number in range(45):
        make_asset(f"Turbine {number}")
    client = visitor.as_(make_person(Role.REP))
    text = client.get("/library?q=turbine").text
    assert len(titles(text)) == 20
    assert "Show 20 more" in text
    more = re.search(r'href="(/library\?[^"]*show=40[^"]*)"', text)
    assert more
    assert len(titles(client.get(more[1].replace("&amp;", "&")).text)) == 40
    assert db.session.scalar(select(func.count(Search.id))) == 1
    shown = select(func.count(Event.id)).where(Event.kind == EventKind.SHOWN)
    assert db.session.scalar(shown) == 40


def test_the_number_of_queries_does_not_grow_with_the_results(app: Flask, visitor: Visitor) -> None:
    stages = [make_term(Vocabulary.STAGE, f"s{n}") for n in range(5)]
    client = visitor.as_(make_person(Role.REP))

    def cost(path: str) -> int:
        app.extensions.pop("found_assets", None)  # what is kept of them is asked again
        with counted_queries(app) as queries:
            assert client.get(path).status_code == 200
        return len([query for query in queries if query.lstrip().upper().startswith("SELECT")])

    make_asset("Turbine", pages=["turbine and pump"], terms=stages)
    client.get("/library?q=pump")  # the first request of a person makes rows of its own
    few, ahead = cost("/library?q=turbine"), cost("/search/suggest?q=turb")
    for number in range(18):
        make_asset(f"Turbine {number}", pages=["turbine"] * 5, terms=stages, tags=["a", "b"])
    assert cost("/library?q=turbine") == few
    assert cost("/search/suggest?q=turb") == ahead


def test_searches_are_logged_with_their_number_and_what_was_opened(
    app: Flask, visitor: Visitor
) -> None:
    asset = make_asset("Turbine outlook")
    rep = make_person(Role.REP)
    client = visitor.as_(rep)
    text = client.get("/library?q=TURBINE+-pump&stage=x&sort=newest").text
    row = db.session.scalars(select(Search)).one()
    assert (row.person_id, row.query, row.total) == (rep.id, "turbine -pump", 0)
    assert row.filters == {"terms": ["stage:x"], "sort": "newest"}
    text = client.get("/library?q=turbine").text
    link = re.search(rf'href="(/assets/{asset.id}\?search=(\d+))"', text)
    assert link
    row = db.session.get_one(Search, int(link[2]))
    assert (row.query, row.total, row.near) == ("turbine", 1, 0)
    for _ in range(2):
        assert client.get(link[1]).status_code == 200
    opened = db.session.scalars(select(SearchOpening)).one()
    assert (opened.search_id, opened.asset_id) == (row.id, asset.id)


def test_looking_through_the_library_is_no_search_and_nobody_else_may_open(
    app: Flask, visitor: Visitor
) -> None:
    draft = make_asset("Draft", status="draft")  # type: ignore[arg-type]
    client = visitor.as_(make_person(Role.REP))
    client.get("/library")
    client.get(f"/assets/{draft.id}?search=5")
    assert db.session.scalar(select(func.count(Search.id))) == 0
    assert db.session.scalar(select(func.count(SearchOpening.id))) == 0


def test_what_is_shown_is_counted_as_shown_and_not_as_viewed(app: Flask, visitor: Visitor) -> None:
    asset = make_asset("Turbine")
    visitor.as_(make_person(Role.REP)).get("/library?q=turbine")
    sums = db.session.scalars(
        select(DailySum).where(DailySum.level == Level.ASSET, DailySum.ref == asset.id)
    ).one()
    assert (sums.shown, sums.views) == (1, 0)


def test_suggestions_have_the_shape_that_the_field_wants(app: Flask, visitor: Visitor) -> None:
    asset = make_asset("Unplanned downtime")
    answer = visitor.as_(make_person(Role.REP)).get("/search/suggest?q=unplanned+down").json
    assert answer
    groups = {group["label"]: group["items"] for group in answer["groups"]}
    assert groups["Assets"][0]["title"] == "Unplanned downtime"
    assert groups["Assets"][0]["url"] == f"/assets/{asset.id}"
    assert groups["Searches"][0] == {
        "title": "unplanned downtime",
        "url": "/library?q=unplanned+downtime",
        "hint": "1 asset",
        "icon": "search",
    }


def test_dates_and_states_of_cards(app: Flask, visitor: Visitor) -> None:
    due = make_asset("Due", published_at=now() - timedelta(days=90))
    due.review_on = now().date()
    make_asset("Fresh")
    db.session.commit()
    client = visitor.as_(make_person(Role.REP))
    assert titles(client.get("/library?freshness=review_due").text) == ["Due"]
    assert titles(client.get("/library?freshness=current").text) == ["Fresh"]
    assert "Review due" in client.get("/library?q=due").text


def test_what_is_due_is_so_by_the_clock_of_whoever_looks(app: Flask, visitor: Visitor) -> None:
    asset = make_asset("Due")
    asset.review_on = date(2026, 11, 22)
    east, west = make_person(Role.REP), make_person(Role.REP)
    east.time_zone, west.time_zone = "Asia/Tokyo", "America/Los_Angeles"
    db.session.commit()
    with hold(datetime(2026, 11, 21, 18, tzinfo=UTC)):  # three in the morning there, ten here
        for person, found in ((east, ["Due"]), (west, [])):
            client = visitor.as_(person)
            assert titles(client.get("/library?freshness=review_due").text) == found
            assert ("Review due" in client.get("/library?q=due&view=list").text) is bool(found)


def test_an_asset_without_a_version_is_found_by_its_title(app: Flask, visitor: Visitor) -> None:
    owner: Person = make_person(Role.MARKETER)
    db.session.add(Asset(title="Only a title", owner_id=owner.id, created_by_id=owner.id))
    db.session.commit()
    assert db.session.scalar(select(func.count(AssetVersion.id))) == 0
    assert titles(visitor.as_(owner).get("/library?q=title").text) == ["Only a title"]
