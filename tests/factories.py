"""Arrange with these: small makers of people, teams, terms, assets and deals.

They add to the session and commit, so that what the test then does through the
public way sees it.
"""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from collateral.accounts.models import Person, PersonRole, Role, Team
from collateral.assets.models import (
    Asset,
    AssetTag,
    AssetVersion,
    Page,
    ReadingState,
    Status,
    Term,
    Vocabulary,
)
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal
from collateral.storage import storage

_numbers = itertools.count(1)


def make_person(
    *roles: Role, name: str = "", email: str = "", teams: Iterable[Team] = ()
) -> Person:
    n = next(_numbers)
    person = Person(email=email or f"person{n}@example.com", name=name or f"Person {n}")
    person.role_rows = [PersonRole(role=role) for role in roles or (Role.REP,)]
    person.teams = list(teams)
    db.session.add(person)
    db.session.commit()
    return person


def make_team(name: str = "") -> Team:
    team = Team(name=name or f"Team {next(_numbers)}")
    db.session.add(team)
    db.session.commit()
    return team


def make_term(vocabulary: Vocabulary, slug: str, label: str = "") -> Term:
    term = Term(vocabulary=vocabulary, slug=slug, label=label or slug.capitalize())
    db.session.add(term)
    db.session.commit()
    return term


def make_asset(
    title: str = "The cost of unplanned downtime",
    *,
    owner: Person | None = None,
    status: Status = Status.PUBLISHED,
    terms: Iterable[Term] = (),
    tags: Iterable[str] = (),
    teams: Iterable[Team] = (),
    summary: str = "",
    pages: Iterable[str] = ("The first page",),
    published_at: datetime | None = None,
    filename: str = "deck.pptx",
) -> Asset:
    """An asset with one version that has been read: `pages` are the texts of its pages."""
    owner = owner or make_person(Role.MARKETER)
    asset = Asset(
        title=title,
        summary=summary,
        status=status,
        owner_id=owner.id,
        created_by_id=owner.id,
        terms=list(terms),
        teams=list(teams),
        tag_rows=[AssetTag(tag=tag) for tag in tags],
    )
    if status in (Status.PUBLISHED, Status.RETIRED):
        asset.published_at = published_at or now()
    db.session.add(asset)
    db.session.flush()
    add_version(asset, pages=pages, filename=filename)
    db.session.commit()
    return asset


def add_version(
    asset: Asset,
    *,
    pages: Iterable[str] = ("The first page",),
    filename: str = "deck.pptx",
    state: ReadingState = ReadingState.READY,
) -> AssetVersion:
    texts = list(pages)
    body = f"{asset.title} {next(_numbers)} {texts}".encode()
    kept = storage().put(io.BytesIO(body))
    version = AssetVersion(
        asset_id=asset.id,
        number=len(asset.versions) + 1,
        sha256=kept.sha256,
        bytes=kept.size,
        filename=filename,
        family="deck",
        label="PowerPoint deck",
        state=state,
        media_type="application/vnd.openxmlformats-officedocument.presentationml.presentation",
        page_count=len(texts),
        created_by_id=asset.owner_id,
        read_at=now(),
        pages=[
            Page(number=n, title=text.split(".")[0][:80], text=text)
            for n, text in enumerate(texts, 1)
        ],
    )
    db.session.add(version)
    db.session.flush()
    asset.current_version_id = version.id
    return version


def make_deal(owner: Person, name: str, **values: Any) -> Deal:
    """An open deal of hers, that came from a file."""
    deal = Deal(
        source="csv",
        external_id=name,
        name=name,
        account=name,
        owner_id=owner.id,
        owner_email=owner.email,
        opened_on=date(2026, 6, 1),
        **values,
    )
    db.session.add(deal)
    db.session.commit()
    return deal


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
