"""The page of what one was told, and its count."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from collateral.accounts.models import PersonRole, Role
from collateral.clock import now
from collateral.db import db, is_sqlite
from collateral.notify import kinds as known
from collateral.notify.kinds import Kind
from collateral.notify.operations import tell
from collateral.notify.queries import unread_count, wishes
from collateral.requests.operations import ask, take_on
from tests.factories import make_asset, make_person
from tests.support import Visitor, counted_queries

KIND = Kind(
    "test_inbox",
    "Something",
    lambda facts: f"{facts['what']} happened",
    lambda facts: f"/assets/{facts['asset']}" if "asset" in facts else "/library",
    about=("asset",),
)


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "_kinds", {**known.kinds(), KIND.name: KIND})


def count_on(page: str) -> int:
    found = re.search(r'aria-label="Inbox, (\d+) unread"', page)
    return int(found[1]) if found else 0


def test_it_is_told_counted_and_read_by_opening_it(app: Flask, visitor: Visitor) -> None:
    ada, asset = make_person(), make_asset()
    tell([ada.id], KIND, {"what": "A thing", "asset": asset.id}, now())
    tell([ada.id], KIND, {"what": "Another"}, now())
    tell([make_person().id], KIND, {"what": "Not hers"}, now())
    db.session.commit()
    browser = visitor.as_(ada)
    page = browser.get("/inbox").text
    assert "A thing happened" in page
    assert "Another happened" in page
    assert "Not hers" not in page
    assert count_on(page) == count_on(browser.get("/library").text) == 2
    link = re.findall(r'href="(/inbox/\d+)"', page)[-1]
    followed = browser.get(link)
    assert followed.location == f"/assets/{asset.id}"
    assert count_on(browser.get("/inbox").text) == 1
    unread = browser.get("/inbox?only=unread").text
    assert "Another happened" in unread
    assert "A thing happened" not in unread
    browser.post("/inbox/unread", data={"notice": link.rpartition("/")[2]})
    assert count_on(browser.get("/inbox").text) == 2
    browser.post("/inbox/read", data={})
    assert "Nothing unread" in browser.get("/inbox?only=unread").text


def test_nobody_follows_or_reads_anothers(app: Flask, visitor: Visitor) -> None:
    ada, bo = make_person(), make_person()
    tell([ada.id], KIND, {"what": "Hers"}, now())
    db.session.commit()
    (hers,) = db.session.execute(text("select id from notice")).one()
    browser = visitor.as_(bo)
    assert browser.get(f"/inbox/{hers}").status_code == 404
    browser.post("/inbox/read", data={"notice": hers})
    browser.post("/inbox/read")
    assert unread_count(ada) == 1


def test_what_she_may_no_longer_see_is_not_told_and_leaves_the_count(
    app: Flask, visitor: Visitor
) -> None:
    from tests.factories import make_team

    ada, asset = make_person(), make_asset()
    tell([ada.id], KIND, {"what": "Hidden", "asset": asset.id}, now())
    tell([ada.id], KIND, {"what": "Plain"}, now())
    asset.teams = [make_team()]
    db.session.commit()
    page = visitor.as_(ada).get("/inbox").text
    assert "Hidden" not in page
    assert "Plain happened" in page
    assert unread_count(ada) == 1


def test_each_kind_can_be_switched_off_for_inbox_and_mail(app: Flask, visitor: Visitor) -> None:
    ada = make_person()
    browser = visitor.as_(ada)
    page = browser.get("/inbox/settings").text
    every = set(re.findall(r'name="inbox" value="([^"]+)"', page))
    assert KIND.name in every
    others = [name for name in every if name != KIND.name]
    done = browser.post(
        "/inbox/settings", data={"rhythm": "weekly", "hour": "17", "inbox": others, "mail": others}
    )
    assert done.status_code == 303
    tell([ada.id], KIND, {"what": "Unwanted"}, now())
    assert unread_count(ada) == 0
    page = browser.get("/inbox/settings").text
    assert re.search(r'value="weekly"[^>]*selected|selected[^>]*value="weekly"', page)
    bad = browser.post("/inbox/settings", data={"rhythm": "yearly", "hour": "99"})
    assert bad.status_code == 400


def test_a_kind_that_only_admins_are_told_is_offered_to_them_alone(visitor: Visitor) -> None:
    rep, admin = make_person(Role.REP), make_person(Role.ADMIN)
    offered = 'value="webhook_gave_up"'
    assert offered in visitor.as_(admin).get("/inbox/settings").text
    browser = visitor.as_(rep)
    assert offered not in browser.get("/inbox/settings").text
    assert browser.post("/inbox/settings", data={"rhythm": "daily", "hour": "8"}).status_code == 303
    rep.role_rows.append(PersonRole(role=Role.ADMIN))
    db.session.commit()
    wish = next(each for each in wishes(rep) if each.kind.name == "webhook_gave_up")
    assert wish.inbox, "she was never asked, so it is as for everybody"


def test_the_page_asks_as_often_for_many_as_for_few(app: Flask, visitor: Visitor) -> None:
    ada = make_person(Role.MARKETER)
    asset = make_asset()

    def asked() -> int:
        browser = visitor.as_(ada)
        browser.get("/inbox")
        with counted_queries(app) as seen:
            assert browser.get("/inbox").status_code == 200
        return len(seen)

    tell([ada.id], KIND, {"what": "One", "asset": asset.id}, now())
    db.session.commit()
    few = asked()
    for n in range(30):
        tell([ada.id], KIND, {"what": f"Thing {n}", "asset": asset.id}, now())
    db.session.commit()
    assert asked() == few


def test_the_count_is_one_look_at_its_own_index(app: Flask) -> None:
    ada = make_person()
    for n in range(3):
        tell([ada.id], KIND, {"what": str(n)}, now())
    db.session.commit()
    assert ada.id
    with counted_queries(app) as seen:
        assert unread_count(ada) == 3
    assert len(seen) == 1
    if is_sqlite():
        plan = db.session.execute(
            text(
                "explain query plan select count(*) from notice"
                " where person_id = 1 and inbox and read_at is null"
            )
        )
        assert "ix_notice_unread" in str(plan.all())


def test_a_marketer_sees_what_asks_for_a_decision_and_a_rep_does_not(
    app: Flask, visitor: Visitor
) -> None:
    rep, marketer = make_person(), make_person(Role.MARKETER)
    due = make_asset("Due")
    due.review_on = now().date()
    asked = [ask(f"A sheet {n}", by=rep, at=now()) for n in range(3)]
    take_on(asked[0], maker=marketer, due_on=now().date(), by=marketer, at=now())
    db.session.commit()
    page = visitor.as_(marketer).get("/inbox").text.partition("waiting-title")[2]
    lines = dict(
        re.findall(
            r'items__title" href="[^"]*">([^<]+)</a>.*?strong number">(\d+)<', page, re.DOTALL
        )
    )
    assert lines["Requests"] == "2"
    assert lines["Requests that you make"] == "1"
    assert lines["Reviews due"] == "1"
    assert "To decide" not in visitor.as_(rep).get("/inbox").text
