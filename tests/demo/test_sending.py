"""Links, packs, requests and opinions of the sample: believable, and true to its year."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from werkzeug.datastructures import Headers

from collateral.demo.asking import WANTED
from collateral.demo.catalogue import Sample, catalogue
from collateral.demo.company import REPS, SIGN_INS, person
from collateral.demo.heroes import HEROES
from collateral.demo.opinions import FLAGGED, STARS
from collateral.demo.packed import PACKS
from collateral.demo.reading_links import BROWSERS
from collateral.demo.sending import Link
from collateral.demo.year import LIBRARY_DAYS, Year, play
from collateral.sharing import rules
from collateral.usage.robots import is_robot
from tests.demo.test_year import NOTHING, NOW, SEEDS, deals, published, year

START = NOW - timedelta(days=LIBRARY_DAYS)
BY_KEY: dict[str, Sample] = {sample.key: sample for sample in catalogue(NOW.year)}


def of_deals(of: Year) -> list[Link]:
    return [link for link in of.links if link.deal]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_known_by_a_link_has_it_and_nothing_else_was_read(seed: int) -> None:
    observed = Counter(
        (use.deal, use.person, use.asset, use.version, use.at)
        for use in year(seed).uses
        if use.evidence == "observed"
    )
    first: dict[tuple[int, str], tuple[str, str, str, int, datetime]] = {}
    for number, link in enumerate(of_deals(year(seed))):
        for reading in link.readings:
            for asset, version, at in reading.openings():
                if not reading.own:
                    known = (link.deal, link.by, asset, version, at)
                    first.setdefault((number, asset), known)
    assert observed == Counter(first.values())
    assert sum(observed.values()) > 150


@pytest.mark.parametrize("seed", SEEDS)
def test_a_link_is_sent_before_it_is_read_and_read_while_it_opens(seed: int) -> None:
    for link in year(seed).links:
        assert START <= link.at < NOW
        owner = deals(seed)[link.deal].owner if link.deal else link.by
        assert link.by == owner
        for asset, version in link.sent:
            assert published(asset, version) <= link.at
            assert not BY_KEY[asset].teams or person(link.by).team in BY_KEY[asset].teams
        assert list(link.readings) == sorted(link.readings, key=lambda reading: reading.opened)
        for reading in link.readings:
            assert link.at < reading.began
            assert reading.ended <= min(link.expires or NOW, link.revoked or NOW, NOW)
            for page in reading.pages:
                assert page.asset in link.assets
                assert published(page.asset, page.version) <= reading.ended
                assert 1 <= page.page <= BY_KEY[page.asset].sure_pages(page.version)
                assert 0 < page.seconds <= rules.LONGEST_ON_A_PAGE.total_seconds()
        for fetched in link.fetched:
            assert link.at < fetched.at < min(link.expires or NOW, link.revoked or NOW, NOW)


def test_links_are_sent_while_people_work() -> None:
    local = [link.at.astimezone(ZoneInfo(person(link.by).time_zone)) for link in year().links]
    at_work = sum(at.weekday() < 5 and 7 <= at.hour < 19 for at in local)
    assert at_work == len(local)


@pytest.mark.parametrize("seed", SEEDS)
def test_links_are_of_every_sort(seed: int) -> None:
    links = year(seed).links
    read = [[one for one in link.readings if not one.own] for link in links]
    assert sum(not visits for visits in read) >= 30  # not opened yet, or never
    assert sum(len({one.reader for one in visits}) > 1 for visits in read) >= 30  # forwarded
    assert sum(any(one.own for one in link.readings) for link in links) >= 10
    assert sum(link.revoked is not None for link in links) >= 3
    assert sum(link.expires is not None and link.expires < NOW for link in links) >= 20
    assert sum(link.watermark for link in links) >= 5
    assert {len(link.sent) for link in links} >= {1, 2}
    outcomes = Counter(one.outcome for link in links for one in link.fetched)
    assert set(outcomes) == {"scanner", "preview", "silent", "gate"}
    devices = Counter(one.device for visits in read for one in visits)
    assert set(devices) == {"computer", "phone", "tablet"}


def test_a_gate_lets_in_those_who_read() -> None:
    gated = [link for link in year().links if link.allowed]
    assert len(gated) >= 10
    for link in gated:
        for reading in link.readings:
            assert rules.may_enter(reading.email, link.allowed, link.email)
    for link in year().links:
        assert not link.email or rules.normal_email(link.email) == link.email
        assert link.allowed or not any(reading.email for reading in link.readings)


def test_what_fetched_a_link_is_what_it_says() -> None:
    """By the rules that judge real requests."""
    for device, program in BROWSERS.items():
        assert rules.device_of(program) == device
        assert not is_robot(program)
    for one in {one for link in year().links for one in link.fetched if one.outcome != "gate"}:
        headers = Headers({"User-Agent": one.program})
        assert rules.outcome_of("GET", headers, own=False, asked=False).value == one.outcome


@pytest.mark.parametrize("hours", [62, 155])  # a Sunday, a Wednesday
def test_the_first_rep_meets_visits_whenever_one_looks(hours: int) -> None:
    present = NOW + timedelta(hours=hours)
    played = play(1, present, catalogue(present.year))
    mine = [link for link in played.links if link.by == SIGN_INS[0]]
    accounts = {deal.external_id: deal.account for deal in played.deals}
    opened = {
        accounts[link.deal]
        for link in mine
        for one in link.readings
        if link.deal and not one.own and one.opened > present - timedelta(days=14)
    }
    assert opened & {hero.account for hero in HEROES}


def test_packs_hold_pages_that_are_there() -> None:
    packs = {made.pack.title: made for made in year().packs}
    assert set(packs) == {pack.title for pack in PACKS}
    for made in packs.values():
        assert START <= made.at < NOW
        assert bool(made.deal) == bool(made.pack.account)
        for asset, version, page in made.items:
            assert published(asset, version) <= made.at
            assert page is None or page <= BY_KEY[asset].sure_pages(version)
    sent = {link.pack: link for link in year().links if link.pack}
    assert any(link.readings for link in sent.values())
    for link in sent.values():
        assert not (link.deal and link.readings)
        assert link.at > packs[link.pack].at


def test_requests_are_in_every_state_and_in_order() -> None:
    asked = year().requests
    assert len(asked) == len(WANTED)
    states = Counter(one.state for one in asked)
    assert set(states) == {"open", "taken_on", "made", "declined"}
    assert min(states.values()) >= 3
    for one in asked:
        assert START <= one.at <= one.changed < NOW
        assert one.waiting[0].person == one.wanted.by
        assert len({waiter.person for waiter in one.waiting}) == len(one.waiting)
        for waiter in one.waiting:
            assert person(waiter.person) in REPS
            assert one.at <= waiter.at < (one.changed if one.changed > one.at else NOW)
            if waiter.deal:
                deal = deals()[waiter.deal]
                assert deal.owner == waiter.person
                assert deal.opened < waiter.at < (deal.closed or NOW)
        if one.wanted.maker:
            assert "marketer" in person(one.wanted.maker).roles
            assert one.due is not None
        if one.wanted.asset:
            made = BY_KEY[one.wanted.asset]
            assert made.owner == one.wanted.maker
            assert one.at < published(made.key, 1) <= one.changed
    overdue = [one for one in asked if one.state == "taken_on" and one.due and one.due < NOW.date()]
    assert len(overdue) == 1


def test_most_of_what_is_asked_for_was_looked_for_in_vain() -> None:
    live = [one for one in year().requests if one.state in {"open", "taken_on"}]
    assert {one.wanted.query for one in live} <= set(NOTHING)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_ignored_stays_so(seed: int) -> None:
    """No link makes an asset look opened or used that the year leaves lying."""
    used = {(use.deal, use.asset) for use in year(seed).uses}
    for link in year(seed).links:
        for asset in link.assets:
            if link.pack:
                assert BY_KEY[asset].fate in {"works", "steady"}
            else:
                assert (link.deal, asset) in used


def test_those_who_are_shown_round_have_a_part_in_requests() -> None:
    waits = {waiter.person for one in year().requests for waiter in one.waiting}
    makes = {one.wanted.maker for one in year().requests if one.state == "taken_on"}
    assert SIGN_INS[0] in waits
    assert SIGN_INS[1] in makes


def test_opinions_are_of_what_was_there_and_could_be_seen() -> None:
    for one in STARS:
        sample = BY_KEY[one.asset]
        assert one.days < sample.version_ages[-1], one  # of the version that is there now
        assert person(one.by) in REPS
        assert not sample.teams
    assert len({(one.asset, one.by) for one in STARS}) == len(STARS)
    for flagged in FLAGGED:
        ages = BY_KEY[flagged.asset].version_ages
        assert flagged.days < ages[flagged.version - 1]
        assert not flagged.mended_by or BY_KEY[flagged.asset].owner == flagged.mended_by
        assert flagged.mended_days < flagged.days
    assert sum(not flagged.mended_by for flagged in FLAGGED) == 1
    low = [one.stars for one in STARS if one.asset == "line-output-in-twelve-weeks"]
    assert len(low) == 3
    assert sum(low) / 3 < 3
