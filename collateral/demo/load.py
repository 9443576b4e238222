"""Puts the sample into the library: files through the ordinary intake, the year in bulk.

Nothing is written to the audit trail, so that the sample can be taken out again. The files
are read by the ordinary jobs after each commit, beside what is still being loaded.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from collateral.accounts.models import Person, PersonRole, Role, Team
from collateral.assets.models import Asset, Status, SynonymGroup, Term, Vocabulary
from collateral.assets.operations import Description, add_version, create_asset, receive
from collateral.assets.rules import slug_of
from collateral.db import db
from collateral.demo import company
from collateral.demo.adapted import load_adaptations
from collateral.demo.bulk import load_deals, load_requests, load_searches, load_use
from collateral.demo.catalogue import VOCABULARY_FIELDS, Sample, catalogue
from collateral.demo.files.make import make_file
from collateral.demo.loaded import Loaded
from collateral.demo.opinions import load_opinions
from collateral.demo.sent import load_links, load_packs
from collateral.demo.shelves import load_collections
from collateral.demo.year import LIBRARY_DAYS, play
from collateral.queue import after_commit
from collateral.retirement.jobs import work_out
from collateral.usage.models import DailySum, Level
from collateral.usage.recounting import recount

SEED = 1


@dataclass(frozen=True)
class Step:
    """How far loading is: of ``total`` steps ``done`` are, and ``doing`` was the last."""

    done: int
    total: int
    doing: str


def load(
    *,
    at: datetime,
    seed: int = SEED,
    samples: Sequence[Sample] | None = None,
    days: int = LIBRARY_DAYS,
) -> Iterator[Step]:
    """Load the sample, with ``at`` as its present. The caller commits after each step.

    Each step is short, and makes its files before it writes: beside it files are being read.
    Whoever is in the library already, and what is, stays as it is. ``samples`` are the assets
    to load, the whole catalogue where none are given; ``days`` is how long they were in use.
    """
    samples = catalogue(at.year) if samples is None else samples
    total = len(samples) + 5
    loaded = Loaded()
    _words()
    yield Step(1, total, "vocabularies")
    people = _people()
    loaded.people = {key: person.id for key, person in people.items()}
    yield Step(2, total, "people and teams")
    for number, sample in enumerate(samples, 1):
        _asset(sample, people, loaded, at=at, seed=seed)
        yield Step(2 + number, total, sample.title)
    load_opinions(people, loaded, at=at)
    yield from _year(samples, loaded, total, at=at, seed=seed, days=days)
    after_commit(work_out)  # of today's docket it is a part, too
    yield Step(total, total, "counts")


def _year(
    samples: Sequence[Sample], loaded: Loaded, total: int, *, at: datetime, seed: int, days: int
) -> Iterator[Step]:
    """What happened with the assets: deals, searches, adaptations, links, requests, events, and
    their counts."""
    year = play(seed, at, samples, days=days)
    loaded.deals = load_deals(year.deals, loaded.people)
    load_collections(loaded.people, loaded.assets, at=at)
    yield Step(total - 2, total, f"{len(year.deals)} deals")
    loaded.searches = load_searches(year.searches, loaded.people, loaded.assets)
    yield Step(total - 2, total, f"{len(year.searches):,} searches")
    load_adaptations(year.adaptations, year.deals, samples, loaded, at=at, seed=seed)
    yield Step(total - 2, total, f"{len(year.adaptations)} adaptations")
    to_count = load_links(year.links, load_packs(year.packs, loaded), loaded)
    load_requests(year.requests, loaded)
    yield Step(total - 2, total, f"{len(year.links)} links")
    for days_with_use in load_use(
        year, loaded.people, loaded.assets, loaded.versions, loaded.deals, loaded.searches
    ):
        to_count |= days_with_use
        yield Step(total - 1, total, f"{len(year.events):,} events")
    for _ in recount(to_count):
        yield Step(total - 1, total, "counts")


def present() -> bool:
    """Whether the sample, or a part of it, is in the library."""
    return db.session.scalar(select(Asset.id).where(Asset.sample).limit(1)) is not None


def complete() -> bool:
    """Whether loading it came to its end: what is counted last is there."""
    counted = select(DailySum.ref).join(Asset, Asset.id == DailySum.ref)
    counted = counted.where(DailySum.level == Level.ASSET, Asset.sample)
    return db.session.scalar(counted.limit(1)) is not None


def sign_ins() -> Mapping[str, Person]:
    """Those of the sample's people who can be shown round by: rep, marketer, manager, admin."""
    emails = {company.person(key).email: company.person(key).roles[-1] for key in company.SIGN_INS}
    rows = db.session.scalars(select(Person).where(Person.sample, Person.email.in_(emails)))
    found = {emails[person.email]: person for person in rows}
    return {role: found[role] for role in emails.values() if role in found}


def _words() -> None:
    known = {(term.vocabulary, term.slug) for term in db.session.scalars(select(Term))}
    for name, labels in company.VOCABULARIES.items():
        vocabulary = Vocabulary(name)
        for position, label in enumerate(labels, 1):
            if (vocabulary, slug_of(label)) not in known:
                db.session.add(
                    Term(
                        vocabulary=vocabulary,
                        slug=slug_of(label),
                        label=label,
                        position=position,
                        sample=True,
                    )
                )
    for words in company.SYNONYMS:
        db.session.add(SynonymGroup(words=list(words), sample=True))
    db.session.flush()  # descriptions look the terms up


def _people() -> dict[str, Person]:
    teams = {team.name: team for team in db.session.scalars(select(Team))}
    for name, region in company.TEAMS.items():
        if name not in teams:
            teams[name] = Team(name=name, region=region, sample=True)
            db.session.add(teams[name])
    emails = [colleague.email for colleague in company.PEOPLE]
    known = {
        person.email: person
        for person in db.session.scalars(select(Person).where(Person.email.in_(emails)))
    }
    made: dict[str, Person] = {}
    for colleague in company.PEOPLE:
        person = known.get(colleague.email)
        if person is None:
            person = Person(email=colleague.email, name=colleague.name, sample=True)
            person.role_rows = [PersonRole(role=Role(role)) for role in colleague.roles]
            db.session.add(person)
        person.active = True
        person.time_zone, person.locale = colleague.time_zone, colleague.locale
        person.teams = [teams[colleague.team]]
        made[colleague.key] = person
    db.session.flush()  # their ids own what follows
    return made


def _asset(
    sample: Sample, people: Mapping[str, Person], loaded: Loaded, *, at: datetime, seed: int
) -> None:
    owner = people[sample.owner]
    published = at - timedelta(days=sample.age)
    files = [
        receive(io.BytesIO(make_file(sample, number, seed=seed)), sample.filename)
        for number in range(1, sample.versions + 1)
    ]
    asset = create_asset(
        files[0], by=owner, at=published, description=_description(sample, at), allow_duplicate=True
    )
    asset.sample = True
    asset.status, asset.published_at = Status.PUBLISHED, published
    loaded.assets[sample.key] = asset.id
    if asset.current_version_id is not None:
        loaded.versions[sample.key, 1] = asset.current_version_id
    for number in range(2, sample.versions + 1):
        moment = at - timedelta(days=sample.version_ages[number - 1])
        version = add_version(
            asset, files[number - 1], by=owner, at=moment, changes=sample.changes[number]
        )
        loaded.versions[sample.key, number] = version.id


def _description(sample: Sample, at: datetime) -> Description:
    today = at.date()
    terms: Sequence[str] = [
        f"{name}:{slug_of(label)}"
        for name in VOCABULARY_FIELDS
        for label in sample.terms.get(name, ())
    ]
    return Description(
        title=sample.title,
        summary=sample.summary,
        type=slug_of(sample.type),
        terms=[*terms, f"language:{slug_of(sample.language)}"],
        tags=sample.tags,
        cost=sample.cost,
        currency="EUR",
        review_on=today + timedelta(days=sample.review),
        expires_on=None if sample.expires is None else today + timedelta(days=sample.expires),
        teams=sample.teams,
    )
