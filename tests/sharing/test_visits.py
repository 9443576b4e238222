"""What counts as a visit, what does not, and what comes of the first one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from collateral.accounts.models import Person, Role
from collateral.clock import later, now
from collateral.db import db
from collateral.notify.models import Notice
from collateral.sharing import rules, visited, visits
from collateral.sharing.models import LinkSettings, Opening, Outcome, Seen, Visit, VisitPage
from collateral.usage import operations as usage
from collateral.usage.explaining import explain
from collateral.usage.models import Event, EventKind, Evidence, LeftOut, Use
from collateral.usage.periods import Period
from collateral.usage.summed import counts
from collateral.usage.team_sets import scope_of
from tests.factories import make_person
from tests.sharing.conftest import BROWSER, Buyer, make_deal, make_drawn, share_of
from tests.support import Visitor

SAFE_LINKS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)
VISITORS = {
    # A mail filter that calls itself an ordinary browser, as Safe Links does: it fetches, and
    # gives no sign of reading.
    Outcome.SILENT: (SAFE_LINKS, {}),
    Outcome.SCANNER: ("Barracuda Sentinel (EE)", {}),
    Outcome.PREFETCH: (BROWSER, {"Sec-Purpose": "prefetch;prerender"}),
    Outcome.PREVIEW: ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", {}),
    Outcome.ROBOT: ("python-requests/2.32", {}),
}


def today() -> Period:
    return Period(now().date() - timedelta(days=1), now().date() + timedelta(days=1))


def test_t42_fifty_openings_by_programs_are_no_visit_and_all_explained(
    app: Flask, rep: Person
) -> None:
    asset, deal = make_drawn(), make_deal(rep)
    share, token = share_of([asset], rep, deal)
    for agent, headers in VISITORS.values():
        program = Buyer(app.test_client(), agent, headers)
        for turn in range(10):
            answer = (
                program.get(f"/s/{token}")
                if turn
                else program.client.head(f"/s/{token}", headers={"User-Agent": agent, **headers})
            )
            assert answer.status_code == 200
            program.get(f"/s/{token}/1/1/1280.webp").close()
    found = visited.openings_by_outcome(share)
    assert sum(found.values()) == 50
    assert Outcome.VISIT not in found
    assert set(found) == set(VISITORS)
    assert {type(o.program) for o in visited.openings(share)} == {str}
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 0
    assert db.session.scalar(select(func.count()).where(Event.kind == EventKind.OPENED)) == 0
    assert db.session.scalar(select(func.count()).select_from(Use)) == 0
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0
    page = Visitor(app).as_(rep).get(f"/shares/{share.id}").text
    assert "Nobody has read it yet" in page
    for label in (
        "Link scanners",
        "Fetched ahead",
        "Link previews",
        "Robots",
        "No sign of a reader",
    ):
        assert label in page


def test_a_robot_that_speaks_like_the_page_is_left_out_and_explained(
    app: Flask, rep: Person
) -> None:
    asset = make_drawn()
    share, token = share_of([asset], rep)
    robot = Buyer(app.test_client(), "Mozilla/5.0 (X11; Linux) HeadlessChrome/141.0.0.0")
    assert robot.reads(token, (1, 1, 4.0)).status_code == 204
    assert visited.told([share.id]) == {}
    told = explain(asset, "opens", scope_of(make_person(Role.ADMIN)), today())
    assert (told.found, told.robots, told.counted) == (1, 1, 0)


def test_own_people_are_left_out_and_explained(app: Flask, rep: Person) -> None:
    asset, deal = make_drawn(), make_deal(rep)
    share, token = share_of([asset], rep, deal)
    colleague = Buyer(Visitor(app).as_(make_person(Role.MANAGER)))
    assert colleague.reads(token, (1, 1, 4.0)).status_code == 204
    assert visited.told([share.id]) == {}
    assert visited.openings_by_outcome(share) == {Outcome.OWN_TEAM: 1}
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.OPENED)).one()
    assert event.left_out is LeftOut.OWN_TEAM
    assert db.session.scalars(select(Use)).all() == []


def test_the_first_visit_is_a_use_in_the_deal_and_is_told_once(
    app: Flask, rep: Person, buyer: Buyer
) -> None:
    asset, deal = make_drawn(), make_deal(rep)
    share, token = share_of([asset], rep, deal)
    with later(timedelta(minutes=1)):
        buyer.reads(token, (1, 1, 1.2), (1, 2, 0.7))
        assert "<b>1</b> Visit<" in Visitor(app).as_(rep).get(f"/shares/{share.id}").text
    with later(timedelta(hours=3)):
        Buyer(app.test_client()).reads(token, (1, 3, 2.0))
        client = Visitor(app).as_(rep)
        assert "<b>2</b> Visits<" in client.get(f"/shares/{share.id}").text
        assert "<td>Visit</td>" in client.get(f"/shares/{share.id}/openings").text
    use = db.session.scalars(select(Use)).one()
    assert (use.deal_id, use.asset_id, use.person_id) == (deal.id, asset.id, rep.id)
    assert (use.evidence, use.stage) == (Evidence.OBSERVED, "evaluation")
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.person_id, notice.kind) == (rep.id, "link_opened")
    assert notice.facts == {"share": share.id, "who": "Anna Kern", "title": asset.title}
    assert visited.told([share.id])[share.id].visits == 2
    summed = counts([asset.id], scope_of(rep))[asset.id]
    assert (summed.shares, summed.opens, summed.uses) == (1, 2, 1)
    [read] = visited.read_by_page([share.id], rep)
    assert [page.seconds > 0 for page in read.pages] == [True, True, True, False]


def test_a_use_that_was_taken_back_does_not_come_again(
    app: Flask, rep: Person, buyer: Buyer
) -> None:
    asset, deal = make_drawn(), make_deal(rep)
    _share, token = share_of([asset], rep, deal)
    buyer.reads(token)
    usage.retract_use(db.session.scalars(select(Use)).one(), by=rep, at=now())
    db.session.commit()
    with later(timedelta(hours=2)):
        Buyer(app.test_client()).reads(token)
    assert [use.retracted_at is not None for use in db.session.scalars(select(Use))] == [True]


def test_only_what_was_turned_to_is_used(app: Flask, rep: Person, buyer: Buyer) -> None:
    first, second = make_drawn("First"), make_drawn("Second")
    deal = make_deal(rep)
    _share, token = share_of([first, second], rep, deal)
    buyer.reads(token, (1, 1, 1.0))
    assert [seen.asset_id for seen in db.session.scalars(select(Seen))] == [first.id]
    csrf, beacon = buyer.opened(token)
    buyer.post(f"/s/{token}/beat", csrf, json={"beacon": beacon, "pages": [[2, 1, 1.0]]})
    assert {use.asset_id for use in db.session.scalars(select(Use))} == {first.id, second.id}


def test_t42_nobody_can_speak_for_a_page_that_was_not_sent(
    app: Flask, rep: Person, buyer: Buyer
) -> None:
    asset = make_drawn()
    share, token = share_of([asset], rep)
    other, other_token = share_of([asset], rep)
    csrf, beacon = buyer.opened(token)
    for forged in ("", None, beacon[:-1], beacon + "x", [1, share.id], "1"):
        answer = buyer.post(f"/s/{token}/beat", csrf, json={"beacon": forged, "pages": []})
        assert answer.status_code == 404
    answer = buyer.post(f"/s/{other_token}/beat", csrf, json={"beacon": beacon, "pages": []})
    assert answer.status_code == 404
    with later(timedelta(hours=13)):
        late = buyer.post(f"/s/{token}/beat", csrf, json={"beacon": beacon, "pages": []})
        assert late.status_code == 404
    assert visited.told([share.id, other.id]) == {}


def test_t42_seconds_cannot_be_invented(app: Flask, rep: Person, buyer: Buyer) -> None:
    asset = make_drawn()
    share, token = share_of([asset], rep)
    csrf, beacon = buyer.opened(token)
    said = {"beacon": beacon, "pages": [[1, 1, 9000], [1, 2, 9000], [1, 99, 5], [7, 1, 5]]}
    for _ in range(5):
        buyer.post(f"/s/{token}/beat", csrf, json=said)
    assert visited.told([share.id])[share.id].seconds < 30
    pages = db.session.scalars(select(VisitPage.page)).all()
    assert sorted(pages) == [1, 2]
    for nonsense in ([["x"]], [[1, 1, "nan"]], [[1]], "abc", {"a": 1}, [[1, 1, 1e400]]):
        answer = buyer.post(f"/s/{token}/beat", csrf, json={"beacon": beacon, "pages": nonsense})
        assert answer.status_code in (204, 400)
    assert visited.told([share.id])[share.id].seconds < 60


@given(
    told=st.dictionaries(st.integers(1, 9), st.floats(-5, 1e6), max_size=5),
    passed=st.floats(0, 7200),
    before=st.floats(0, 1800),
)
def test_no_page_gets_more_seconds_than_have_passed(
    told: dict[int, float], passed: float, before: float
) -> None:
    at = now()
    since = at - timedelta(seconds=passed)
    added = rules.counted_seconds(told, since, at, dict.fromkeys(told, before))
    room = min(passed + rules.SLACK.total_seconds(), rules.LONGEST_BEAT.total_seconds())
    assert sum(added.values()) <= room + 0.01 * len(told)
    for page, seconds in added.items():
        assert 0 < seconds <= told[page] + 0.01
        assert before + seconds <= rules.LONGEST_ON_A_PAGE.total_seconds() + 0.01


def test_a_reader_may_ask_not_to_be_recorded(app: Flask, rep: Person, buyer: Buyer) -> None:
    asset, deal = make_drawn(), make_deal(rep)
    share, token = share_of([asset], rep, deal)
    csrf, beacon = buyer.opened(token)
    buyer.post(f"/s/{token}/beat", csrf, json={"beacon": beacon, "pages": [[1, 1, 1.0]]})
    assert visited.told([share.id])[share.id].visits == 1
    buyer.post(f"/s/{token}/quiet", csrf, data={"beacon": beacon})
    assert visited.told([share.id]) == {}
    assert db.session.scalars(select(VisitPage)).all() == []
    page = buyer.get(f"/s/{token}").text
    assert "Your visit is not recorded" in page
    csrf, beacon = buyer.opened(token)
    buyer.post(f"/s/{token}/beat", csrf, json={"beacon": beacon, "pages": [[1, 2, 1.0]]})
    assert visited.told([share.id]) == {}
    buyer.post(f"/s/{token}/quiet", csrf, data={"record": "1"})
    assert "sees which pages are opened" in buyer.get(f"/s/{token}").text


def test_visits_are_forgotten_when_they_were_kept_long_enough(
    app: Flask, rep: Person, buyer: Buyer
) -> None:
    asset = make_drawn()
    share, token = share_of([asset], rep)
    buyer.reads(token, (1, 1, 1.0))
    db.session.add(LinkSettings(id=1, keep_days=30))
    db.session.commit()
    assert visits.forget_old(now() + timedelta(days=29)) == 0
    assert visits.forget_old(now() + timedelta(days=31)) == 1
    db.session.commit()
    for model in (Visit, VisitPage, Opening):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    # What reports count stays.
    assert counts([asset.id], scope_of(rep))[asset.id].opens == 1
    assert share.id


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (BROWSER, "phone"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X)", "tablet"),
        ("Mozilla/5.0 (Linux; Android 15; SM-X200) Safari/537.36", "tablet"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "computer"),
        ("curl/8", ""),
    ],
)
def test_devices_are_told_apart(agent: str, device: str) -> None:
    assert rules.device_of(agent) == device
