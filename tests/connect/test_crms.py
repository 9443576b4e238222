"""Deals from CRMs: whatever fails on the way, in the end they are those of the CRM, each once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from collateral.accounts.models import Person, PersonRole, Role
from collateral.clock import hold
from collateral.connect import hubspot_calls, jobs, salesforce_calls, settling
from collateral.connect.models import Connection, Crm, RunState, SyncRun
from collateral.db import db, is_sqlite
from collateral.deals.models import Deal
from collateral.words import from_text
from tests.connect.libraries import Library, connected
from tests.connect.servers.failing import Fault
from tests.connect.worlds import AT, World
from tests.support import worker_died

QUICK = [fault for fault in Fault if fault is not Fault.HANGS]
CHANGES = st.lists(st.tuples(st.sampled_from(World.CHANGES), st.integers(0, 9)), max_size=4)
FAULTS = st.dictionaries(st.integers(1, 25), st.sampled_from(QUICK), max_size=5)


@pytest.fixture(scope="module", params=list(Crm))
def connected_once(
    request: pytest.FixtureRequest, empty_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Library]:
    """One library for all of these: making one takes longer than what they do."""
    with connected(request.param, empty_database, tmp_path_factory.mktemp("crm") / "home") as made:
        yield made


@pytest.fixture
def library(connected_once: Library) -> Iterator[Library]:
    with connected_once.anew() as made:
        yield made


@pytest.mark.either
@settings(max_examples=6, deadline=None)
@given(first=FAULTS, changes=CHANGES, then=FAULTS)
def test_whatever_fails_the_deals_are_in_the_end_those_of_the_crm(
    connected_once: Library,
    first: dict[int, Fault],
    changes: list[tuple[str, int]],
    then: dict[int, Fault],
) -> None:
    with connected_once.anew() as library:
        world = library.world
        world.server.faults = dict(first)
        library.sync_until_done()
        assert library.deals() == world.deals()
        for change, number in changes:
            world.change(change, number)
        world.server.faults = {world.server.calls + place: fault for place, fault in then.items()}
        library.sync_until_done()
        assert library.deals() == world.deals()
        again = library.sync()
        assert (again.new, again.changed, again.gone, again.merged) == (0, 0, 0, 0)


def test_a_load_gets_over_each_way_to_fail_again_and_again(library: Library) -> None:
    server = library.world.server
    for fault in QUICK:
        library.forget_deals()
        server.faults = {server.calls + place: fault for place in range(1, 60, 3)}
        run = library.sync_until_done()
        assert library.deals() == library.world.deals()
        assert run.refused == 0


def test_a_crm_that_hangs_is_asked_again(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    for calls in (salesforce_calls, hubspot_calls):
        monkeypatch.setattr(calls, "TIMEOUT", (5, 0.4))
    library.world.server.faults = {4: Fault.HANGS}
    assert library.sync().state is RunState.DONE
    assert library.slept
    assert library.deals() == library.world.deals()


def test_a_run_waits_as_long_as_it_is_asked_to(library: Library) -> None:
    library.world.server.faults = {3: Fault.TOO_MANY, 4: Fault.TOO_MANY, 5: Fault.BROKEN}
    run = library.sync()
    assert run.state is RunState.DONE
    asked, again, own = library.slept
    assert 7 <= asked <= 7.7
    assert 7 <= again <= 7.7
    assert 8 <= own <= 8.8
    assert (run.waits, run.waited) == (3, sum(library.slept))


def test_a_crm_that_is_down_ends_the_run_with_a_sentence_and_what_came_stays(
    library: Library,
) -> None:
    amid = library.world.amid_the_list
    library.world.server.faults = dict.fromkeys(range(amid, amid + 30), Fault.BROKEN)
    run = library.sync()
    assert run.state is RunState.FAILED
    assert run.error is not None
    assert "failed 6 times" in from_text(run.error)
    assert "answered 500" in from_text(run.error)
    known = library.deals()
    assert 0 < len(known) < len(library.world.deals())
    library.world.server.faults = {}
    calls = library.world.server.calls
    assert library.sync().state is RunState.DONE
    assert library.deals() == library.world.deals()
    assert library.world.server.calls > calls


def test_a_crm_that_asks_for_an_hour_is_left_for_the_next_run(library: Library) -> None:
    library.world.server.retry_after = "3600"
    library.world.server.faults = {4: Fault.TOO_MANY}
    run = library.sync()
    assert run.error is not None
    assert "60 minutes" in from_text(run.error)
    assert library.slept == []


def test_access_that_has_ended_for_good_is_said(library: Library) -> None:
    library.world.server.faults = dict.fromkeys(range(1, 30), Fault.EXPIRED)
    run = library.sync()
    assert run.state is RunState.FAILED
    assert run.error is not None
    assert "give" in from_text(run.error)


def test_owners_are_found_by_mail_and_the_others_are_listed(library: Library) -> None:
    from collateral.deals.owners import unmatched

    library.sync()
    ada = db.session.scalars(select(Person)).one()
    assert {
        deal.owner_id
        for deal in db.session.scalars(select(Deal).where(Deal.owner_email == ada.email))
    } == {ada.id}
    (nobody,) = unmatched(library.world.source)
    assert (nobody.email, nobody.deals > 0) == ("bob@example.com", True)
    bob = Person(email="bob@example.com", name="Bob", role_rows=[PersonRole(role=Role.REP)])
    db.session.add(bob)
    db.session.commit()
    library.sync()
    assert unmatched(library.world.source) == []


def test_two_runs_at_a_time_are_one_and_a_dead_one_is_ended(library: Library) -> None:
    beside: list[SyncRun | None] = []

    def look(_run: SyncRun) -> None:
        beside.append(jobs.carry_out(library.connection_id, sleep=library.slept.append))

    jobs.carry_out(library.connection_id, sleep=library.slept.append, tell=look)
    assert set(beside) == {None}
    dead = settling.begin(library.connection, whole=False, at=AT)
    db.session.commit()
    if not is_sqlite():  # nobody knows whether another machine is at work
        assert jobs.carry_out(library.connection_id, sleep=library.slept.append) is None
    with hold(AT + timedelta(minutes=11)):
        assert library.sync().state is RunState.DONE
    db.session.refresh(dead)
    assert dead.state is RunState.FAILED
    assert library.deals() == library.world.deals()


def test_an_account_that_is_renamed_is_so_in_all_of_its_deals(library: Library) -> None:
    library.sync()
    library.world.change("rename account", 0)
    assert library.sync().changed == 4
    assert library.deals() == library.world.deals()


class Killed(BaseException):
    """The process ends here: nobody tidies up."""


def test_a_load_that_is_killed_after_whatever_page_goes_on_where_it_was(library: Library) -> None:
    library.sync()
    server, whole = library.world.server, library.deals()
    for page in range(1, 40, 2):
        library.forget_deals()
        steps = 0

        def die(_run: SyncRun, page: int = page) -> None:
            nonlocal steps
            steps += 1
            if steps == page:
                raise Killed

        with suppress(Killed):
            jobs.carry_out(library.connection_id, sleep=library.slept.append, tell=die)
        db.session.rollback()
        if steps < page:
            break
        known, calls = len(library.deals()), server.calls
        # With PostgreSQL others might be at work: it is taken over when it has been silent.
        with hold(AT + timedelta(minutes=11)):
            run = library.sync()
        assert library.deals() == whole
        assert run.new == len(whole) - known
        assert server.calls > calls
    else:
        raise AssertionError("it never came to an end")


def test_a_connection_whose_worker_died_is_fetched_from_by_another(library: Library) -> None:
    library.sync()
    dead = settling.begin(library.connection, whole=False, at=AT)
    db.session.commit()
    library.world.change("rename", 3)
    with hold(AT + timedelta(seconds=15)):
        worker_died(library.app, jobs.sync, library.connection_id)
    assert dead.state is RunState.FAILED
    assert library.connection.claimed_at is None
    assert library.deals() == library.world.deals()


def test_reading_all_deals_again_changes_nothing(library: Library) -> None:
    library.sync()
    run = library.sync(whole=True)
    assert run.whole
    assert (run.new, run.changed) == (0, 0)
    assert run.unchanged >= len(library.world.deals())


def test_secrets_are_neither_kept_plain_nor_logged(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    library.world.server.faults = {2: Fault.EXPIRED, 4: Fault.BROKEN}
    library.sync()
    connection = db.session.get_one(Connection, library.connection_id)
    for secret in (*library.world.secrets.values(), "session 2", "token 2"):
        assert secret not in connection.sealed
        assert secret not in caplog.text


def test_changes_that_come_late_are_found_and_a_long_break_leaves_no_gap() -> None:
    from collateral.connect.watermark import OVERLAP, Watermark

    def at(minute: int) -> str:
        return datetime(2026, 3, 1, 12, minute, tzinfo=UTC).isoformat(timespec="milliseconds")

    first = Watermark().begin().passed(at(5)).passed(at(30)).end()
    assert first == Watermark(since=at(30))
    begun = first.begin()
    assert begun.at == (datetime.fromisoformat(at(30)) - OVERLAP).isoformat(timespec="milliseconds")
    assert begun.end() == first  # nothing changed: no step back
    broken = Watermark.of(begun.passed(at(40), "7").kept()).begin().passed(at(50))
    assert broken.begin().end() == Watermark(since=at(40))
