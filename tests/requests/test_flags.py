"""Feedback, and flags above all: who sees it, who is told, and what comes of it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import AuditEntry, Person, Role
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db
from collateral.errors import Forbidden, Invalid, WrongState
from collateral.notify.models import Notice
from collateral.notify.queries import inbox
from collateral.requests import feedback, queries_feedback
from collateral.requests.models_feedback import Flag, FlagReason, FlagState, Rating
from collateral.requests.queries_feedback import Waiting
from collateral.usage.models import Event, Use
from tests.factories import make_asset, make_person, make_team
from tests.support import Visitor, counted_queries


def rate(asset: Asset, *stars: int) -> None:
    """Each by another person."""
    for each in stars:
        feedback.rate(asset, each, by=make_person(), at=now())
    db.session.commit()


def make_flag(asset: Asset, by: Person, sentence: str = "Page 3 has last year's prices") -> Flag:
    feedback.flag(asset, FlagReason.OUT_OF_DATE, by=by, at=now(), sentence=sentence)
    db.session.commit()
    return db.session.scalars(
        select(Flag).where(Flag.asset_id == asset.id, Flag.by_id == by.id).order_by(Flag.id.desc())
    ).first()  # type: ignore[return-value]


def sentences(person: Person) -> list[str]:
    return [each.sentence for each in inbox(person).told]


def test_stars_are_opinion_and_count_nowhere(app: Flask, visitor: Visitor) -> None:
    asset, client = make_asset(), visitor.as_(make_person())
    client.post(f"/assets/{asset.id}/rating", data={"stars": "1"})
    client.post(f"/assets/{asset.id}/flag", data={"reason": "wrong"})
    for model in (Event, Use):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    revision = asset.revision
    db.session.refresh(asset)
    assert asset.revision == revision  # and nothing is put into the index anew


def test_a_flag_waits_until_it_is_resolved_and_who_flagged_is_told_once(
    app: Flask, visitor: Visitor
) -> None:
    owner, rep = make_person(Role.MARKETER), make_person(name="Karim Aziz")
    asset = make_asset("Price list", owner=owner)
    client, address = visitor.as_(rep), f"/assets/{asset.id}"
    assert client.post(f"{address}/flag", data={"what": "Page 3"}).status_code == 400
    more = client.post(f"{address}/flag", data={"reason": "other"})
    assert more.status_code == 400
    assert "Say what is the matter." in more.text
    for what in ("Page 3", "Page 3 has last year's prices"):  # the second says it anew
        data = {"reason": "out_of_date", "what": what}
        assert client.post(f"{address}/flag", data=data).status_code == 303
    flag = db.session.scalars(select(Flag)).one()
    assert flag.sentence == "Page 3 has last year's prices"
    assert sentences(owner) == ["Karim Aziz flags “Price list”: Page 3"]

    marketing = visitor.as_(owner)
    assert "1 person flags this asset." in marketing.get(address).text
    assert "Page 3 has last year&#39;s prices" in marketing.get(f"{address}?tab=feedback").text
    for page in ("/", "/inbox"):
        assert 'href="/feedback"' in marketing.get(page).text
    assert "Page 3 has last year&#39;s prices" in marketing.get("/feedback").text
    resolve = f"{address}/flags/{flag.id}/resolve"
    assert marketing.post(resolve, data={"note": "Why?"}).status_code == 400
    assert "Say why" in marketing.post(resolve, data={"state": "not_so"}).text
    assert marketing.post(resolve, data={"state": "withdrawn"}).status_code == 400
    data = {"state": "mended", "note": "Version 2 has them", "from": "inbox"}
    done = marketing.post(resolve, data=data)
    assert (done.status_code, done.location) == (303, "/feedback")
    assert marketing.post(resolve, data=data).status_code == 409
    assert sentences(rep) == ["What you flagged in “Price list” is mended. Version 2 has them"]
    assert "Nothing is flagged" in marketing.get("/feedback").text
    assert db.session.scalars(select(AuditEntry.action)).all() == ["flag.mended"]
    db.session.refresh(flag)
    assert (flag.state, flag.resolved_by_id) == (FlagState.MENDED, owner.id)


def test_a_flag_that_is_taken_back_waits_no_longer(app: Flask, visitor: Visitor) -> None:
    rep, marketer, asset = make_person(), make_person(Role.MARKETER), make_asset()
    client = visitor.as_(rep)
    make_flag(asset, rep)
    assert queries_feedback.waiting(marketer) == Waiting(1, 0)
    client.post(f"/assets/{asset.id}/flag/withdraw")
    client.post(f"/assets/{asset.id}/flag/withdraw")  # nothing is open, and nothing happens
    assert queries_feedback.waiting(marketer) == Waiting(0, 0)
    again = make_flag(asset, rep)
    assert again.state is FlagState.OPEN
    told = select(func.count()).select_from(Notice).where(Notice.person_id == asset.owner_id)
    assert db.session.scalar(told) == 2


def test_open_flags_are_for_those_who_may_edit_and_for_who_flagged(
    app: Flask, visitor: Visitor
) -> None:
    rep, other, asset = make_person(), make_person(), make_asset()
    make_flag(asset, rep, "Secret of page 3")
    address = f"/assets/{asset.id}?tab=feedback"
    assert "Secret of page 3" in visitor.as_(rep).get(address).text
    assert "Secret of page 3" not in visitor.as_(other).get(address).text
    assert "flags this asset" not in visitor.as_(other).get(f"/assets/{asset.id}").text


def test_an_owner_finds_what_is_said_of_her_assets_and_of_no_others(
    app: Flask, visitor: Visitor
) -> None:
    owner, flagger = make_person(Role.REP), make_person()
    mine, theirs = make_asset("Of mine", owner=owner), make_asset("Of another's")
    assert "To decide" not in visitor.as_(owner).get("/inbox").text
    for asset in (mine, theirs):
        make_flag(asset, flagger)
        rate(asset, 1, 1, 2)
    assert queries_feedback.waiting(owner) == Waiting(1, 1)
    client = visitor.as_(owner)
    for address in ("/feedback", "/feedback?list=low"):
        page = client.get(address).text
        assert "Of mine" in page
        assert "Of another" not in page
    assert 'href="/feedback?list=low"' in client.get("/inbox").text
    flag = make_flag(theirs, flagger)
    with pytest.raises(Forbidden):
        feedback.resolve(flag, FlagState.MENDED, by=owner, at=now())
    wrong = f"/assets/{mine.id}/flags/{flag.id}/resolve"  # a flag of another asset
    assert client.post(wrong, data={"state": "mended"}).status_code == 404


def test_who_may_no_longer_see_the_asset_is_not_told_of_it(app: Flask) -> None:
    rep, marketer = make_person(), make_person(Role.MARKETER)
    asset = make_asset(owner=marketer)
    flag = make_flag(asset, rep)
    asset.teams = [make_team()]
    db.session.commit()
    feedback.resolve(flag, FlagState.NOT_SO, by=marketer, at=now(), note="It is this year's")
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 1  # the owner's
    with pytest.raises(WrongState):
        feedback.resolve(flag, FlagState.MENDED, by=marketer, at=now())


def test_a_sentence_has_its_length_and_no_edges(app: Flask) -> None:
    asset, rep = make_asset(), make_person()
    with pytest.raises(Invalid):
        feedback.rate(asset, 3, by=rep, at=now(), sentence="x" * 501)
    feedback.rate(asset, 3, by=rep, at=now(), sentence=" a  b ")
    assert db.session.scalars(select(Rating.sentence)).one() == "a b"


def test_feedback_asks_as_many_questions_for_many_as_for_few(app: Flask, visitor: Visitor) -> None:
    marketer = make_person(Role.MARKETER)
    client, asset = visitor.as_(marketer), make_asset()
    pages = (f"/assets/{asset.id}?tab=feedback", "/feedback", "/feedback?list=low")

    def say(people: int) -> None:
        for _ in range(people):
            feedback.rate(asset, 1, by=make_person(), at=now(), sentence="Too long")
            make_flag(asset, make_person())
            other = make_asset()
            make_flag(other, make_person())
            rate(other, 1, 1, 1)

    counts: list[list[int]] = []
    for people in (3, 3):
        say(people)
        seen = []
        for page in pages:
            client.get(page)
            with counted_queries(app) as queries:
                client.get(page, headers={"X-Fragment": "more"})
            seen.append(len(queries))
        counts.append(seen)
    assert counts[0] == counts[1]
    shown = f"/assets/{asset.id}"
    with counted_queries(app) as queries:
        client.get(shown, headers={"X-Fragment": "more"})
    asked = [each for each in queries if "rating" in each or "FROM flag" in each]
    assert len(asked) == 1  # the whole of it, where another part of the page is looked at
