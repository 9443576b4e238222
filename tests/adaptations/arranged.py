"""People around one published master, and an adaptation of it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from collateral.accounts.models import Person, Role
from collateral.adaptations import operations
from collateral.adaptations.jobs_prints import index_version
from collateral.adaptations.models import Adaptation
from collateral.adaptations.operations import Answers
from collateral.assets import operations as assets
from collateral.assets.models import Asset
from collateral.assets.operations import Description
from collateral.clock import now
from collateral.db import db
from collateral.reading.jobs import overdue, read_version
from tests.adaptations import decks
from tests.factories import make_person


@dataclass
class Scene:
    rep: Person
    marketer: Person
    second: Person
    master: Asset

    @classmethod
    def arrange(cls) -> Scene:
        rep = make_person(Role.REP, name="Daniel Kerr")
        marketer = make_person(Role.MARKETER, name="Ines Duarte")
        second = make_person(Role.MARKETER, name="Tove Berg")
        return cls(rep, marketer, second, publish(decks.master(), by=marketer))

    @classmethod
    def found(cls) -> Scene:
        """The same people and master in a copy of the library that was arranged."""
        people = {person.name: person for person in db.session.scalars(select(Person))}
        return cls(
            people["Daniel Kerr"],
            people["Ines Duarte"],
            people["Tove Berg"],
            db.session.scalars(select(Asset)).one(),
        )

    def hand_in(self, data: bytes | None = None, name: str = "final_v7_ACME.pptx") -> Adaptation:
        """An adaptation as it stands after its file was read and traced."""
        received = assets.receive(io.BytesIO(data or decks.adapted()), name)
        adaptation = operations.hand_in(received, by=self.rep, at=now())
        db.session.commit()
        db.session.expire_all()
        return adaptation

    def submit(self, adaptation: Adaptation | None = None, **answers: object) -> Adaptation:
        """One that waits for a decision."""
        adaptation = adaptation or self.hand_in()
        given = Answers(submit=True, **answers)  # type: ignore[arg-type]
        operations.confirm(adaptation, given, by=self.rep, at=now())
        db.session.commit()
        return adaptation

    def renew(self, pages: list[decks.Slide]) -> None:
        """The master gets a next version of these pages, which is yet to be read."""
        received = assets.receive(io.BytesIO(decks.deck(pages)), "next.pptx")
        assets.add_version(self.master, received, by=self.marketer, at=now())
        db.session.commit()


def publish(data: bytes, *, by: Person, name: str = "downtime.pptx", title: str = "") -> Asset:
    """An asset with this file, read, indexed and published."""
    asset = assets.create_asset(
        assets.receive(io.BytesIO(data), name),
        by=by,
        at=now(),
        description=Description(title=title or "The cost of unplanned downtime", publish=True),
        allow_duplicate=True,
    )
    db.session.commit()
    index_version(asset.current_version_id or 0)
    db.session.expire_all()
    return asset


def read_all() -> None:
    """Do what the worker would: jobs that jobs have queued do not run by themselves in tests."""
    for version_id in [version.id for version in overdue(now() + timedelta(hours=1), 50)]:
        read_version(version_id)
        index_version(version_id)
    db.session.expire_all()
