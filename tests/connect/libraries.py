"""Libraries of ours that are connected to a CRM's server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from collateral import create_app
from collateral.accounts.models import Person, PersonRole, Role
from collateral.clock import hold
from collateral.connect import jobs, settling
from collateral.connect.models import Connection, Crm, RunState, SyncRun
from collateral.db import db
from collateral.deals.models import Deal, StageChange
from tests.conftest import copy_of, make_settings
from tests.connect.worlds import AT, WORLDS, World
from tests.support import Browser

_BOB = select(Person.id).where(Person.email == "bob@example.com")


@dataclass
class Library:
    """Ours, connected to one CRM's server."""

    app: Flask
    world: World
    connection_id: int
    slept: list[float] = field(default_factory=list)

    @property
    def connection(self) -> Connection:
        return db.session.get_one(Connection, self.connection_id)

    def sync(self, *, whole: bool = False) -> SyncRun:
        run = jobs.carry_out(self.connection_id, whole=whole, sleep=self.slept.append)
        assert run is not None
        return run

    @contextmanager
    def anew(self) -> Iterator[Library]:
        """The same library with a new CRM, from which nothing was ever fetched."""
        with WORLDS[self.connection.kind]().running() as world:
            self.world, self.slept = world, []
            self.connection.address = world.server.address
            self.connection.claimed_at = None
            db.session.execute(delete(SyncRun))
            self.forget_deals()
            db.session.execute(delete(PersonRole).where(PersonRole.person_id.in_(_BOB)))
            db.session.execute(delete(Person).where(Person.email == "bob@example.com"))
            db.session.commit()
            yield self

    def forget_deals(self) -> None:
        """As if nothing had ever been fetched."""
        db.session.execute(delete(StageChange))
        db.session.execute(delete(Deal))
        self.connection.reached = {}
        db.session.commit()

    def sync_until_done(self) -> SyncRun:
        for _ in range(12):
            run = self.sync()
            if run.state is RunState.DONE:
                return run
        raise AssertionError(run.error)

    def deals(self) -> dict[str, Any]:
        """All that is known of each deal, by the CRM's id."""
        db.session.expire_all()
        found = db.session.scalars(select(Deal).options(selectinload(Deal.stages))).all()
        assert len({deal.external_id for deal in found}) == len(found)
        return {
            deal.external_id: (
                deal.name,
                deal.account,
                deal.stage_label,
                deal.outcome.value,
                f"{deal.amount}",
                deal.owner_email,
                deal.next_call_at,
                [(move.label, move.at) for move in deal.stages],
            )
            for deal in found
        }


@contextmanager
def connected(kind: Crm, empty_database: str, folder: Path) -> Iterator[Library]:
    folder.mkdir()
    with copy_of(empty_database, folder) as url, WORLDS[kind]().running() as world:
        app = create_app(make_settings(folder, database_url=url))
        app.test_client_class = Browser
        with app.app_context(), hold(AT):
            ada = Person(email="ada@example.com", name="Ada", role_rows=[PersonRole(role=Role.REP)])
            db.session.add(ada)
            connection = settling.set_up(
                kind,
                world.server.address,
                world.secrets,
                by=None,
                at=AT,
                installation=app.extensions["settings"].secret_key,
                anywhere=True,
            )
            db.session.commit()
            yield Library(app, world, connection.id)
            db.session.remove()
            db.engine.dispose()
