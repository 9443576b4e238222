"""Notes in the CRM: one for each use and each visit, whatever happens on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.clock import hold
from collateral.connect import settling
from collateral.connect.models import CrmNote, NoteState, RunState
from collateral.db import db
from collateral.deals.models import Deal
from collateral.sharing import operations as sharing
from collateral.sharing.models import Share, Visit
from collateral.sharing.operations import Asking, Wishes
from collateral.usage import operations as usage
from tests.connect.libraries import Library
from tests.connect.servers.failing import Fault
from tests.connect.worlds import AT
from tests.factories import make_asset

LATER = AT + timedelta(hours=2)


@pytest.fixture
def written(library: Library) -> Library:
    """Deals are in, notes are on, a use is said and a buyer has read something."""
    library.sync()
    settling.switch_notes(library.connection, on=True, by=None, at=AT)
    ada = db.session.scalars(select(Person).where(Person.email == "ada@example.com")).one()
    deal = db.session.scalars(select(Deal).where(Deal.owner_id == ada.id)).first()
    assert deal is not None
    asset = make_asset("Anna's <deck>")
    usage.declare_use(asset, deal, by=ada, at=AT)
    asking = Asking(session_key=None, user_agent="")
    share, _token = sharing.create(
        [asset], Wishes(recipient="Anna Kern"), by=ada, at=AT, asking=asking, deal=deal
    )
    db.session.add(Visit(share_id=share.id, visitor="v", started_at=AT, last_at=AT, seconds=95.0))
    db.session.commit()
    return library


def test_a_use_and_a_visit_are_each_one_note(written: Library) -> None:
    with hold(LATER):
        assert written.sync().notes == 2
        assert written.sync().notes == 0
    use, visit = written.world.notes()
    assert "Anna" in use
    assert "collateral use" in use
    assert "1 min 35 s" in visit


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.TOO_MANY])
def test_a_note_whose_writing_fails_is_written_once(written: Library, fault: Fault) -> None:
    server = written.world.server
    with hold(LATER):
        for _ in range(3):
            # The last calls of a run are those that write.
            server.faults = {server.calls + place: fault for place in range(6, 60, 2)}
            run = written.sync()
        server.faults = {}
        run = written.sync_until_done()
    assert run.state is RunState.DONE
    assert len(written.world.notes()) == 2
    states = db.session.scalars(select(CrmNote.state)).all()
    assert states == [NoteState.WRITTEN] * 2


def test_a_visit_that_goes_on_is_not_told_yet_and_nothing_where_it_is_off(
    written: Library,
) -> None:
    settling.switch_notes(written.connection, on=False, by=None, at=AT)
    db.session.commit()
    assert written.sync().notes == 0
    settling.switch_notes(written.connection, on=True, by=None, at=AT)
    db.session.commit()
    assert written.sync().notes == 1
    assert db.session.scalars(select(Share.recipient)).all() == ["Anna Kern"]
