"""Reports by mail, saved views, and the sums of searches that reports read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from collateral.accounts.models import Role, SignInSession
from collateral.db import db
from collateral.errors import Invalid
from collateral.reports import adoption, mailing, schedules, searches, summing
from collateral.reports.models import ReportReader, ReportSchedule, Rhythm
from collateral.search.models import Search, SearchOpening
from collateral.usage.models import EventKind
from tests.factories import make_asset, make_person, make_team
from tests.reports.test_pages import NOW, YEAR
from tests.support import Visitor, held_clock
from tests.usage.support import happen

_held_clock = held_clock(NOW)


def schedule(owner: Any, *readers: Any, report: str = "assets") -> ReportSchedule:
    made = schedules.make(
        owner,
        report,
        {"period": "30-days"},
        readers=[person.id for person in readers],
        rhythm=Rhythm.WEEKLY,
        weekday=0,
        hour=7,
        at=NOW,
    )
    db.session.commit()
    return made


def test_each_gets_what_she_herself_may_see(app: Flask) -> None:
    team = make_team()
    manager, rep = make_person(Role.MANAGER), make_person(teams=[make_team()])
    marketer = make_person(Role.MARKETER)
    make_asset("For everybody")
    make_asset("For one team", teams=[team])
    one = schedule(manager, rep, marketer)
    for person, sees in ((marketer, True), (rep, False)):
        message = mailing.compose(one, person, NOW)
        assert message is not None
        parts = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
        assert {"assets.xlsx", "assets.csv"} <= parts.keys()
        html = message.get_body(("html",))
        assert html is not None
        for text in (html.get_content(), str(parts["assets.csv"])):
            assert "For everybody" in text
            assert ("For one team" in text) is sees


def test_a_scorecard_goes_to_those_who_may_see_its_asset(app: Flask, visitor: Visitor) -> None:
    manager, rep = make_person(Role.ADMIN), make_person(teams=[make_team()])
    asset = make_asset("For the north", teams=[make_team()])
    client = visitor.as_(manager)
    form = {"rhythm": "weekly", "weekday": "0", "hour": "7", "readers": [manager.id, rep.id]}
    path = f"/reports/assets/{asset.id}/mail"
    assert "Scorecard: For the north" in client.get(path).text
    assert client.post(f"{path}?period=quarter", data=form).status_code == 303
    one = db.session.scalars(select(ReportSchedule)).one()
    message = mailing.compose(one, manager, NOW)
    assert message is not None
    assert message["Subject"].startswith("Scorecard: For the north")
    html = message.get_body(("html",))
    assert html is not None
    assert f"/reports/assets/{asset.id}?period=quarter" in html.get_content()
    names = {part.get_filename() for part in message.iter_attachments()}
    assert {"scorecard.xlsx", "months.csv", "influence.csv"} <= names
    assert mailing.compose(one, rep, NOW) is None
    listed = "/reports/mails"
    assert "Scorecard: For the north" in client.get(listed).text
    of_rep = visitor.as_(rep).get(listed).text
    assert "Scorecard" in of_rep
    assert "For the north" not in of_rep


def test_charts_come_as_pictures(app: Flask) -> None:
    manager, asset = make_person(Role.MANAGER), make_asset()
    happen(EventKind.SHOWN, asset, manager, NOW)
    db.session.commit()
    message = mailing.compose(schedule(manager, manager, report="ignored"), manager, NOW)
    assert message is not None
    pictures = [p for p in message.walk() if p.get_content_type() == "image/png"]
    assert pictures[0].get_payload(decode=True).startswith(b"\x89PNG")  # type: ignore[union-attr]


def test_a_mail_goes_out_once_when_it_is_due(app: Flask) -> None:
    manager = make_person(Role.MANAGER)
    schedule(manager, manager)
    monday = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
    assert schedules.due(monday - timedelta(minutes=10)) == []
    ((schedule_id, person_id),) = schedules.due(monday)
    assert schedules.take(schedule_id, person_id, monday) == NOW
    assert schedules.take(schedule_id, person_id, monday) is None
    assert schedules.due(monday + timedelta(days=6)) == []
    assert schedules.due(monday + timedelta(days=7)) == [(schedule_id, person_id)]


def test_one_click_ends_it_without_signing_in(app: Flask, visitor: Visitor) -> None:
    manager, rep = make_person(Role.MANAGER), make_person()
    one = schedule(manager, manager, rep)
    token = schedules.token_for(one.id, rep.id, app.extensions["settings"].secret_key)
    client = app.test_client()
    assert client.get(f"/reports/mail/{token}").status_code == 200
    readers = select(ReportReader).where(ReportReader.person_id == rep.id)
    assert db.session.scalars(readers).one().stopped_at is None
    answer = client.post(f"/reports/mail/{token}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    db.session.expire_all()
    assert db.session.scalars(readers).one().stopped_at == NOW
    assert client.post("/reports/mail/nonsense").status_code == 401
    assert schedules.due(NOW + timedelta(days=9)) == [(one.id, manager.id)]


def test_a_rep_sends_reports_to_her_own_teams_alone(app: Flask) -> None:
    team = make_team()
    rep, mate, other = make_person(teams=[team]), make_person(teams=[team]), make_person()
    schedule(rep, mate)
    with pytest.raises(Invalid):
        schedule(rep, other)
    with pytest.raises(Invalid):
        schedule(rep)


def test_who_gets_it_is_found_added_and_taken_out(app: Flask, visitor: Visitor) -> None:
    """Nobody is listed who was not asked for; all of it works without scripts."""
    owner = make_person(Role.MANAGER, name="Olga Owner")
    anna, other = make_person(name="Anna Öhm"), make_person(name="Anna Öhmig")
    twins = [make_person(name="Jo Twin") for _ in range(2)]
    gone = make_person(name="Anna Gone")
    gone.active = False
    db.session.commit()
    client, path = visitor.as_(owner), "/reports/assets/mail"
    page = client.get(path).text
    assert "Olga Owner" in page
    assert "Anna" not in page
    found = client.get("/reports/readers?q=öhm anna").get_json()["groups"][0]["items"]
    assert [item["title"] for item in found] == ["Anna Öhm", "Anna Öhmig"]
    for q in ("gone", "example.com"):  # switched off; what every address ends with
        assert client.get(f"/reports/readers?q={q}").get_json()["groups"] == []
    (of_address,) = client.get(f"/reports/readers?q={anna.email[:-4]}").get_json()["groups"]
    assert [item["value"] for item in of_address["items"]] == [anna.id]

    base = {"rhythm": "monthly", "weekday": "0", "hour": "9"}

    def post(**more: Any) -> Any:
        return client.post(f"{path}?period=year", data=base | more)

    added = post(readers=[owner.id], reader_text="ANNA ÖHM", step="add").text
    assert f'name="readers" value="{anna.id}"' in added
    assert f'name="readers" value="{other.id}"' not in added
    assert '<option value="monthly" selected' in added or 'selected value="monthly"' in added
    several = post(readers=[owner.id], reader_text="twin")
    assert several.status_code == 400
    assert all(f'name="with" value="{twin.id}"' in several.text for twin in twins)
    one = post(readers=[owner.id], reader_text="twin", **{"with": str(twins[0].id)}).text
    assert f'name="readers" value="{twins[0].id}"' in one
    left = post(readers=[owner.id, anna.id], without=str(owner.id)).text
    assert f'name="readers" value="{owner.id}"' not in left
    assert post(readers=[owner.id], reader_text="Nobody").status_code == 400
    assert db.session.scalars(select(ReportSchedule)).all() == []

    # What still stands in the field goes with the rest.
    sent = post(readers=[owner.id], reader=str(anna.id), reader_text="Anna Öhm")
    assert sent.status_code == 303
    (made,) = db.session.scalars(select(ReportSchedule))
    assert {reader.person_id for reader in made.readers} == {owner.id, anna.id}


def test_a_rep_finds_her_mates_alone(app: Flask, visitor: Visitor) -> None:
    team = make_team()
    rep, mate, other = (
        make_person(name="Rep", teams=[team]), make_person(name="Mate", teams=[team]),
        make_person(name="Other"),
    )  # fmt: skip
    client = visitor.as_(rep)
    (group,) = client.get("/reports/readers").get_json()["groups"]
    assert [item["value"] for item in group["items"]] == [mate.id, rep.id]
    form = {"rhythm": "weekly", "weekday": "0", "hour": "7", "readers": [rep.id, other.id]}
    refused = client.post("/reports/assets/mail", data=form)
    assert refused.status_code == 400
    assert "Other" not in refused.text


def test_a_view_is_kept_and_forgotten(app: Flask, visitor: Visitor) -> None:
    ana = make_person(Role.MANAGER)
    client = visitor.as_(ana)
    form = {"name": "Mine", "report": "search", "period": "year"}
    assert client.post("/reports/views", data=form).status_code == 303
    page = client.get("/reports/search").text
    assert "/reports/search?period=year" in page
    (view,) = schedules.views_of(ana)
    assert visitor.as_(make_person()).post(f"/reports/views/{view.id}/forget").status_code == 404
    assert client.post(f"/reports/views/{view.id}/forget").status_code == 303
    assert list(schedules.views_of(ana)) == []


def searched(person: Any, words: str, at: datetime, *, total: int, opened: Any = None) -> None:
    number = (db.session.scalar(select(Search.id).order_by(Search.id.desc()).limit(1)) or 0) + 1
    db.session.add(Search(id=number, at=at, person_id=person.id, session="", query=words,
                          total=total))  # fmt: skip
    if opened is not None:
        db.session.add(SearchOpening(search_id=number, asset_id=opened.id, at=at))
    db.session.commit()


def test_summed_searches_say_what_the_log_says(app: Flask) -> None:
    team = make_team()
    ana, ben, manager = make_person(teams=[team]), make_person(), make_person(Role.MANAGER)
    asset = make_asset()
    for days in (0, 1, 3, 25, 60, 200):
        at = NOW - timedelta(days=days)
        searched(ana, "Pricing", at, total=0)
        searched(ben, "pricing", at, total=0)
        searched(ben, "Downtime", at, total=3)
        searched(ana, "downtime", at, total=3, opened=asset)
    readers = (manager, ana, ben)
    before = [(searches.search_report(p, YEAR), adoption.adoption(p, YEAR)) for p in readers]
    days = list(summing.catch_up(NOW.date()))
    db.session.commit()
    assert days[-1] == NOW.date() - timedelta(days=1)
    after = [(searches.search_report(p, YEAR), adoption.adoption(p, YEAR)) for p in readers]
    assert after == before
    found = before[0][0]
    assert (found.searches, found.people) == (24, 2)
    assert [(row.words, row.searches, row.people) for row in found.without_result] == [
        ("pricing", 12, 2)
    ]
    assert [(row.words, row.searches) for row in found.without_click] == [("downtime", 6)]


def test_the_way_from_sign_in_to_download_is_the_first_one(app: Flask) -> None:
    ana, asset = make_person(), make_asset()
    began = NOW - timedelta(days=1)
    browser = SignInSession(token_hash="x", person_id=ana.id, created_at=began)
    db.session.add(browser)
    db.session.commit()
    for seconds in (300, 40):
        happen(EventKind.DOWNLOADED, asset, ana, began + timedelta(seconds=seconds),
               session=f"s{browser.id}")  # fmt: skip
    searched(ana, "anything", began, total=1)
    list(summing.catch_up(NOW.date()))
    db.session.commit()
    (row,) = adoption.adoption(ana, YEAR).people
    assert (row.way, row.ways) == (40, 1)
