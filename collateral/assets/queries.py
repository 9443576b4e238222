"""Reads of assets. Everything starts from what the person may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, joinedload, lazyload

from collateral.accounts.models import Person, Team, TeamMember
from collateral.accounts.permissions import Permission, can
from collateral.assets.models import (
    Asset,
    AssetTeam,
    AssetTerm,
    AssetVersion,
    Page,
    Status,
    SynonymGroup,
    Term,
    Vocabulary,
)
from collateral.db import db
from collateral.errors import NotFound

NAME_ONLY = (lazyload(Person.role_rows), lazyload(Person.teams))
"""Options for people who are only named: their roles and teams stay where they are."""

OPEN_STATES = (Status.PUBLISHED, Status.RETIRED)


def visible(person: Person) -> ColumnElement[bool]:
    """The condition under which an asset exists for the person.

    Published and retired assets are for everybody, or for their teams alone where they
    have any; drafts are for their owner and for those who may read all.
    """
    if can(person, Permission.ASSET_READ_ALL):
        return true()
    return _visible(person.id, person.team_ids)


def _visible(
    person_id: int | BindParameter[int] | InstrumentedAttribute[int],
    team_ids: Collection[int] | BindParameter[Any] | Select[int],
) -> ColumnElement[bool]:
    limited = exists().where(AssetTeam.asset_id == Asset.id)
    for_my_team = exists().where(AssetTeam.asset_id == Asset.id, AssetTeam.team_id.in_(team_ids))
    return or_(
        Asset.owner_id == person_id,
        and_(Asset.status.in_(OPEN_STATES), or_(~limited, for_my_team)),
    )


VISIBLE = _visible(bindparam("person_id"), bindparam("team_ids", expanding=True))
"""`visible` for statements that are made once: who asks comes with `asking`. Only where the person
may not read all."""


def asking(person: Person) -> dict[str, Any]:
    """The values for `VISIBLE`."""
    return {"person_id": person.id, "team_ids": sorted(person.team_ids)}


def seen_by(asset: Asset, people: Collection[Person]) -> set[int]:
    """The ids of those of these people for whom the asset exists. One query."""
    read_all = {person.id for person in people if can(person, Permission.ASSET_READ_ALL)}
    teams = select(TeamMember.team_id).where(TeamMember.person_id == Person.id).correlate(Person)
    others = [person.id for person in people if person.id not in read_all]
    found = db.session.scalars(
        select(Person.id)
        .join(Asset, _visible(Person.id, teams))
        .where(Asset.id == asset.id, Person.id.in_(others))
    )
    return read_all | set(found)


def hidden(person: Person) -> Select[int]:
    """The ids of the assets that do not exist for the person: those that are not `visible`.

    They are found by their status and their teams, not by a look at every asset.
    """
    if can(person, Permission.ASSET_READ_ALL):
        return select(Asset.id).where(false())
    for_my_team = select(AssetTeam.asset_id).where(AssetTeam.team_id.in_(person.team_ids))
    closed = [status for status in Status if status not in OPEN_STATES]
    return select(Asset.id).where(
        Asset.owner_id != person.id,
        or_(
            Asset.status.in_(closed),
            and_(
                Asset.id.in_(select(AssetTeam.asset_id)),
                Asset.id.not_in(for_my_team),
            ),
        ),
    )


def carries(vocabulary: Vocabulary, slug: str) -> ColumnElement[bool]:
    """The condition that an asset has the term."""
    return exists().where(
        AssetTerm.asset_id == Asset.id,
        AssetTerm.term_id == Term.id,
        Term.vocabulary == vocabulary,
        Term.slug == slug,
    )


def select_visible(person: Person) -> Select[Asset]:
    """The assets that the person may see, to be narrowed further."""
    return select(Asset).where(visible(person))


def get_visible(person: Person, asset_id: int, *options: Any) -> Asset:
    """One asset. Raises NotFound when it does not exist for the person."""
    asset = db.session.scalar(select_visible(person).where(Asset.id == asset_id).options(*options))
    if asset is None:
        raise NotFound(_("There is no such asset."))
    return asset


def get_version(asset: Asset, number: int | None) -> AssetVersion:
    """The version of that number, the current one for None. Raises NotFound."""
    query = select(AssetVersion).where(AssetVersion.asset_id == asset.id)
    if number is None:
        query = query.where(AssetVersion.id == asset.current_version_id)
    else:
        query = query.where(AssetVersion.number == number)
    version = db.session.scalar(query)
    if version is None:
        raise NotFound(_("There is no such version."))
    return version


def same_file(person: Person, sha256: str, *, other_than: int | None = None) -> list[Asset]:
    """The assets with a version of exactly these bytes that the person may see, newest first."""
    query = (
        select_visible(person)
        .where(
            exists().where(AssetVersion.asset_id == Asset.id, AssetVersion.sha256 == sha256),
            Asset.id != other_than if other_than is not None else true(),
        )
        .order_by(Asset.id.desc())
        .limit(20)
    )
    return list(db.session.scalars(query))


def get_many(person: Person, asset_ids: Sequence[int], *options: Any) -> list[Asset]:
    """Those of the assets that exist for the person, in the order asked for."""
    rows = db.session.scalars(
        select_visible(person).where(Asset.id.in_(asset_ids)).options(*options)
    )
    by_id = {asset.id: asset for asset in rows}
    return [by_id[asset_id] for asset_id in dict.fromkeys(asset_ids) if asset_id in by_id]


@dataclass(frozen=True)
class PageRow:
    """What the viewer's rail needs of a page: no text."""

    number: int
    title: str
    width: int | None
    height: int | None
    preview_320: str | None
    preview_1280: str | None
    hidden: bool


_PAGE_ROW = tuple(getattr(Page, field.name) for field in fields(PageRow))


def page_rows(version: AssetVersion) -> list[PageRow]:
    """All pages of a version in their order, without their texts."""
    rows = db.session.execute(
        select(*_PAGE_ROW).where(Page.version_id == version.id).order_by(Page.number)
    )
    return [PageRow(*row) for row in rows]


@dataclass(frozen=True)
class PageWords:
    """What one page says."""

    number: int
    title: str
    text: str
    notes: str


def page_words(version: AssetVersion, number: int | None = None) -> list[PageWords]:
    """The words of all pages, or of the one of that number."""
    query = select(Page.number, Page.title, Page.text, Page.notes).where(
        Page.version_id == version.id
    )
    if number is not None:
        query = query.where(Page.number == number)
    return [PageWords(*row) for row in db.session.execute(query.order_by(Page.number))]


def preview_of(person: Person, asset_id: int, number: int, page: int, width: int) -> str:
    """The SHA-256 of a page's preview. Raises NotFound when it is not there for the person."""
    column = Page.preview_320 if width == 320 else Page.preview_1280
    sha256 = db.session.scalar(
        select(column)
        .join(AssetVersion, Page.version_id == AssetVersion.id)
        .join(Asset, AssetVersion.asset_id == Asset.id)
        .where(
            visible(person),
            Asset.id == asset_id,
            AssetVersion.number == number,
            Page.number == page,
        )
    )
    if sha256 is None:
        raise NotFound(_("There is no such preview."))
    return sha256


def first_previews(assets: Sequence[Asset]) -> dict[int, tuple[int, PageRow]]:
    """By asset, the number of its current version and that one's first page."""
    rows = db.session.execute(
        select(AssetVersion.asset_id, AssetVersion.number, *_PAGE_ROW)
        .join(Page, Page.version_id == AssetVersion.id)
        .where(
            AssetVersion.id.in_([asset.current_version_id for asset in assets]), Page.number == 1
        )
    )
    return {row[0]: (row[1], PageRow(*row[2:])) for row in rows}


def terms_by_vocabulary() -> dict[Vocabulary, list[Term]]:
    """Every term, in the order that admins gave."""
    found: dict[Vocabulary, list[Term]] = {vocabulary: [] for vocabulary in Vocabulary}
    for term in db.session.scalars(select(Term).order_by(Term.position, Term.label)):
        found[term.vocabulary].append(term)
    return found


_HISTORY = (
    select(AssetVersion)
    .where(AssetVersion.asset_id == bindparam("asset_id"))
    .options(joinedload(AssetVersion.created_by).options(*NAME_ONLY))
    .order_by(AssetVersion.number.desc())
)


def history(asset: Asset) -> list[AssetVersion]:
    """All versions, newest first, with who made each."""
    return list(db.session.scalars(_HISTORY, {"asset_id": asset.id}))


def synonym_groups() -> Sequence[SynonymGroup]:
    """All groups of words that find one another, oldest first."""
    return db.session.scalars(select(SynonymGroup).order_by(SynonymGroup.id)).all()


def vocabularies_in_use() -> set[Vocabulary]:
    """Those that have terms to choose from."""
    return set(db.session.scalars(select(Term.vocabulary).distinct()))


def has_teams() -> bool:
    """Whether there are teams to limit an asset to."""
    return db.session.scalar(select(Team.id).limit(1)) is not None
