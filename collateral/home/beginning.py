"""The first steps of a young library: what is done of them, and who may do the next."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Exists, ScalarSelect, func, select

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets.models import Asset, Term
from collateral.db import db
from collateral.deals.models import Deal

YOUNG = 25
"""So many assets of its own and a library needs no more teaching."""


@dataclass(frozen=True)
class Begun:
    """How far a library has come; the sample does not count."""

    assets: int
    """Counted up to YOUNG."""
    deals: bool
    people: bool
    words: bool
    sample: bool


@dataclass(frozen=True)
class FirstStep:
    """One step; see templates/home/_first_steps.html."""

    key: str
    icon: str
    title: str
    text: str
    verb: str
    url: str
    done: bool


def own_assets() -> int:
    """How many assets there are but for the sample, counted up to YOUNG."""
    return db.session.scalar(select(_own())) or 0


def _own() -> ScalarSelect[int]:
    own = select(Asset.id).where(~Asset.sample).limit(YOUNG).subquery()
    return select(func.count()).select_from(own).scalar_subquery()


def begun() -> Begun:
    """Where a young library stands, in one query."""
    people = select(Person.id).where(~Person.sample).limit(2).subquery()

    def any_of(model: type[Asset] | type[Deal] | type[Term], *, sample: bool) -> Exists:
        found = model.sample if sample else ~model.sample
        return select(model.id).where(found).limit(1).exists()

    row = db.session.execute(
        select(
            _own(),
            any_of(Deal, sample=False),
            select(func.count()).select_from(people).scalar_subquery(),
            any_of(Term, sample=False),
            any_of(Asset, sample=True),
        )
    ).one()
    return Begun(row[0], bool(row[1]), row[2] > 1, bool(row[3]), bool(row[4]))


def first_steps(person: Person) -> dict[str, object] | None:
    """The steps that this person may do, ticked off as they are done; None once the library
    is no longer young, or nothing of it is hers to begin."""
    if not can(person, Permission.ASSET_CREATE) and not can(person, Permission.DEAL_IMPORT):
        return None
    if own_assets() >= YOUNG:
        return None
    at = begun()
    steps = [step for step, permission in _steps(at) if can(person, permission)]
    if all(step.done for step in steps):
        return None
    return {
        "steps": steps,
        "done": sum(step.done for step in steps),
        "sample": at.sample,
        "sample_url": (
            url_for("demo.sample")
            if can(person, Permission.ADMIN_SAMPLE) and not person.sample
            else None
        ),
        "drop": not at.assets and can(person, Permission.ASSET_CREATE),
    }


def _steps(at: Begun) -> list[tuple[FirstStep, Permission]]:
    return [
        (
            FirstStep(
                "upload",
                "upload",
                _("Put your first files in"),
                _("Decks, documents, PDFs, videos: one, or a whole folder."),
                _("Upload"),
                url_for("assets.upload"),
                at.assets > 0,
            ),
            Permission.ASSET_CREATE,
        ),
        (
            FirstStep(
                "words",
                "tag",
                _("Choose the words that describe them"),
                _("Types, stages, industries: begin with the usual ones and make them yours."),
                _("Choose words"),
                url_for("assets.vocabularies"),
                at.words,
            ),
            Permission.ADMIN_VOCABULARIES,
        ),
        (
            FirstStep(
                "deals",
                "deals",
                _("Bring in your deals"),
                _("A CSV from the CRM. Then each use counts for a deal and its outcome."),
                _("Import deals"),
                url_for("deals.import_page"),
                at.deals,
            ),
            Permission.DEAL_IMPORT,
        ),
        (
            FirstStep(
                "people",
                "person",
                _("Invite your colleagues"),
                _("Reps who look for material, marketers who make it."),
                _("Invite somebody"),
                url_for("accounts.invite"),
                at.people,
            ),
            Permission.ADMIN_PEOPLE,
        ),
    ]
