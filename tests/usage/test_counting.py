"""COUNTER's rules on the events as they arrive, late, twice and shuffled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from collateral import clock
from collateral.accounts.models import Role
from collateral.db import db
from collateral.errors import Invalid, WrongState
from collateral.usage import operations, rules
from collateral.usage.models import EventKind, LeftOut
from tests.factories import add_version, make_asset, make_person, make_team
from tests.usage.support import (
    BROWSER,
    happen,
    stored_sums,
    total,
    version_of,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


VIEWED, DOWNLOADED = EventKind.VIEWED, EventKind.DOWNLOADED


@pytest.mark.parametrize(
    ("seconds", "views"),
    [
        ([0, 29], 1),
        ([0, 30], 1),
        ([0, 31], 2),
        ([0, 35], 2),
        ([0, 20, 40, 60], 1),
        ([60, 0, 40, 20], 1),
        ([0, 20, 60, 80], 2),
        ([0, 0, 0], 1),
    ],
)
def test_a_second_click_within_30_seconds_counts_once(
    app: Flask, seconds: list[int], views: int
) -> None:
    asset, person = make_asset(), make_person()
    for second in seconds:
        happen(VIEWED, asset, person, START + timedelta(seconds=second))
    assert total(asset)["views"] == views
    assert total(asset)["unique_views"] == 1


def test_of_a_double_click_the_later_stays(app: Flask) -> None:
    asset, person = make_asset(), make_person()
    first = happen(VIEWED, asset, person, START)
    second = happen(VIEWED, asset, person, START + timedelta(seconds=10))
    db.session.refresh(first)
    assert (first.kept, second.kept) == (False, True)


def test_a_download_is_a_view_too(app: Flask) -> None:
    asset, person = make_asset(), make_person()
    happen(VIEWED, asset, person, START)
    happen(DOWNLOADED, asset, person, START + timedelta(seconds=5))
    counted = total(asset)
    assert (counted["views"], counted["unique_views"]) == (2, 1)
    assert (counted["downloads"], counted["unique_downloads"]) == (1, 1)


def test_double_clicks_are_of_one_person_one_version_and_one_action(app: Flask) -> None:
    asset, person, other = make_asset(), make_person(), make_person()
    happen(VIEWED, asset, person, START)
    happen(VIEWED, asset, other, START, session="s2")
    add_version(asset)
    happen(VIEWED, asset, person, START)
    happen(DOWNLOADED, asset, person, START)
    assert total(asset)["views"] == 4
    assert total(asset)["unique_views"] == 2


def test_two_devices_are_two_sessions_of_one_person(app: Flask) -> None:
    asset, person = make_asset(), make_person()
    happen(VIEWED, asset, person, START, session="desk")
    happen(VIEWED, asset, person, START + timedelta(minutes=2), session="phone")
    assert (total(asset)["views"], total(asset)["unique_views"]) == (2, 2)


@pytest.mark.parametrize(("seconds", "views"), [(29, 1), (30, 1), (31, 2)])
def test_a_double_click_may_come_from_another_device(app: Flask, seconds: int, views: int) -> None:
    asset, person = make_asset(), make_person()
    happen(VIEWED, asset, person, START, session="desk")
    happen(VIEWED, asset, person, START + timedelta(seconds=seconds), session="phone")
    assert (total(asset)["views"], total(asset)["unique_views"]) == (views, views)


@pytest.mark.parametrize(
    ("first", "seconds", "views"),
    [
        # Ten seconds to three, summer; then the clock says two again: 20 seconds, not an hour back.
        (datetime(2026, 10, 25, 0, 59, 50, tzinfo=UTC), 20, 1),
        # Half past two, twice: the same time on the clock, an hour apart.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 3600, 2),
        # Ten seconds to two; then the clock says three: 20 seconds, not an hour on.
        (datetime(2026, 3, 29, 0, 59, 50, tzinfo=UTC), 20, 1),
        (datetime(2026, 3, 29, 0, 59, 50, tzinfo=UTC), 31, 2),
    ],
)
def test_double_clicks_are_told_by_the_seconds_that_passed_not_by_the_clock(
    app: Flask, first: datetime, seconds: int, views: int
) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], time_zone="Europe/Berlin")
    asset, person = make_asset(), make_person()
    happen(VIEWED, asset, person, first)
    happen(VIEWED, asset, person, first + timedelta(seconds=seconds))
    assert (total(asset)["views"], total(asset)["unique_views"]) == (views, 1)
    days = {day for (level, _r, day, _s) in stored_sums() if level.value == "asset"}
    assert days == {first.date()}


def test_midnight_begins_a_new_session_but_does_not_end_a_double_click(app: Flask) -> None:
    asset, person = make_asset(), make_person()
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    happen(VIEWED, asset, person, midnight - timedelta(minutes=5))
    happen(VIEWED, asset, person, midnight - timedelta(seconds=10))
    happen(VIEWED, asset, person, midnight + timedelta(seconds=10))
    sums = {day: n for (level, _r, day, _s), n in stored_sums().items() if level.value == "asset"}
    assert sums == {
        date(2026, 3, 2): {"views": 1, "unique_views": 1},
        date(2026, 3, 3): {"views": 1, "unique_views": 1},
    }


def test_without_a_session_the_clock_hour_is_one(app: Flask) -> None:
    asset, person = make_asset(), make_person()
    for minutes in (0, 20, 59, 61):
        happen(VIEWED, asset, person, START + timedelta(minutes=minutes), session=None)
    assert (total(asset)["views"], total(asset)["unique_views"]) == (4, 2)


def test_the_hour_that_an_autumn_night_has_twice_is_two() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before, after = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert before.astimezone(berlin).hour == after.astimezone(berlin).hour == 2
    keys = {rules.session_key("p1", None, at, berlin, 1) for at in (before, after)}
    assert len(keys) == 2
    assert rules.counting_day(datetime(2026, 10, 24, 22, 30, tzinfo=UTC), berlin) == date(
        2026, 10, 25
    )


def test_results_shown_are_not_views(app: Flask) -> None:
    asset, person = make_asset(), make_person()
    operations.record_shown(
        [operations.Results([(asset.id, version_of(asset).id)], START)],
        person=person,
        session_key="s1",
        user_agent=BROWSER,
    )
    assert total(asset) | {"shown": 0} == dict.fromkeys(total(asset), 0)
    assert total(asset)["shown"] == 1


@pytest.mark.parametrize(
    "agent", ["Googlebot/2.1", "python-requests/2.32", "curl/8.5", "Slackbot-LinkExpanding 1.0"]
)
def test_robots_are_left_out_and_stay_in_the_log(app: Flask, agent: str) -> None:
    asset, person = make_asset(), make_person()
    event = happen(VIEWED, asset, person, START, user_agent=agent)
    assert (event.left_out, event.kept) == (LeftOut.ROBOT, False)
    assert total(asset)["views"] == 0
    # It is no predecessor either: what follows within 30 seconds stands for itself.
    happen(VIEWED, asset, person, START + timedelta(seconds=5))
    assert total(asset)["views"] == 1


def test_our_own_opening_of_our_link_is_left_out(app: Flask) -> None:
    asset, sender = make_asset(), make_person()
    opened = {
        own: operations.record(
            EventKind.OPENED,
            version=version_of(asset),
            person=None,
            visitor=f"browser-{own}",
            session_key="visit",
            user_agent=BROWSER,
            at=START,
            sender=sender,
            own_team=own,
        )
        for own in (True, False)
    }
    assert opened[True].left_out is LeftOut.OWN_TEAM
    assert (total(asset)["opens"], total(asset)["unique_opens"]) == (1, 1)


def test_what_is_left_out_later_gives_its_predecessor_back(app: Flask) -> None:
    asset, person = make_asset(), make_person()
    first = happen(VIEWED, asset, person, START)
    second = happen(VIEWED, asset, person, START + timedelta(seconds=20))
    operations.leave_out(second, LeftOut.WITHDRAWN, by=make_person(Role.ADMIN))
    db.session.refresh(first)
    assert (first.kept, second.kept) == (True, False)
    assert total(asset)["views"] == 1
    with pytest.raises(WrongState):
        operations.leave_out(second, LeftOut.WITHDRAWN, by=None)


def test_nothing_can_happen_in_the_future(app: Flask) -> None:
    with clock.hold(START), pytest.raises(Invalid):
        happen(VIEWED, make_asset(), make_person(), START + timedelta(hours=1))


def test_who_changes_teams_counts_for_each_team_in_its_time(app: Flask) -> None:
    north, south = make_team("North"), make_team("South")
    asset, person = make_asset(), make_person(teams=[north])
    happen(VIEWED, asset, person, START)
    person.teams = [south]
    db.session.commit()
    happen(VIEWED, asset, person, START + timedelta(minutes=5))
    sets = {team_set for (level, _r, _d, team_set) in stored_sums() if level.value == "asset"}
    assert len(sets) == 2
