"""What the asset page says around its pages, in words and addresses; no queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets.models import Asset, AssetVersion, ReadingState, Status, Term, Vocabulary
from collateral.deals.queries import LikelyDeal
from collateral.templating import duration, format_day, format_time
from collateral.templating import translate as _
from collateral.templating import translate_number as ngettext
from collateral.usage.models import Use
from collateral.words import in_words

Pairs = list[tuple[str, str | None]]


@dataclass(frozen=True)
class ShownAsset:
    """The head and the facts of the asset page; see templates/assets/detail.html."""

    id: int
    title: str
    url: str
    status: str
    type: str
    type_url: str | None
    extent: str
    summary: str
    owner: str
    facts: list[tuple[str, str, Pairs]]
    """The name of the field by which it is edited ("" where it is not), its label, its values."""
    tags: Pairs
    cost: tuple[Decimal, str | None] | None
    review_on: date | None
    expires_on: date | None
    published_at: datetime | None
    teams: list[str]
    waiting: bool


def shown_asset(
    asset: Asset,
    version: AssetVersion,
    today: date,
    *,
    with_terms: Collection[Vocabulary] = (),
    with_teams: bool = False,
) -> ShownAsset:
    """The asset in words. Vocabularies `with_terms` and teams are named also where it has none,
    for those who may set them."""
    types = asset.term_of(Vocabulary.TYPE)
    return ShownAsset(
        id=asset.id,
        title=asset.title,
        url=url_for("assets.detail", asset_id=asset.id),
        status=state_of(asset, today),
        type=types[0].label if types else _(version.label),
        type_url=library_url(types[0]) if types else None,
        extent=extent(version),
        summary=asset.summary,
        owner=asset.owner.name,
        facts=_facts(asset, with_terms, with_teams=with_teams),
        tags=[(tag, library_address(tag=tag)) for tag in asset.tags],
        cost=(asset.cost_amount, asset.cost_currency) if asset.cost_amount is not None else None,
        review_on=asset.review_on,
        expires_on=asset.expires_on,
        published_at=asset.published_at,
        teams=[team.name for team in asset.teams],
        waiting=asset.publish_when_ready,
    )


def _facts(
    asset: Asset, with_terms: Collection[Vocabulary], *, with_teams: bool
) -> list[tuple[str, str, Pairs]]:
    has = {term.vocabulary for term in asset.terms} - {Vocabulary.TYPE}  # which stands in the head
    wanted = {*with_terms, *has}
    facts: list[tuple[str, str, Pairs]] = [
        (
            vocabulary.value,
            name,
            [(term.label, library_url(term)) for term in asset.term_of(vocabulary)],
        )
        for vocabulary, name in vocabulary_names().items()
        if vocabulary in wanted
    ]
    if asset.teams or with_teams:
        facts.append(("teams", _("Only for"), [(team.name, None) for team in asset.teams]))
    return facts


def state_of(asset: Asset, today: date) -> str:
    """How current it is, in one word of the badge."""
    if asset.status is not Status.PUBLISHED:
        return asset.status.value
    if asset.expires_on and asset.expires_on <= today:
        return "expired"
    if asset.review_on and asset.review_on <= today:
        return "review_due"
    return "current"


def extent(version: AssetVersion) -> str:
    """ "24 pages", or how long a video runs."""
    if version.seconds:
        return duration(version.seconds)
    count = version.page_count or 0
    if version.family in ("image", "video", "other") or not count:
        return ""
    if version.family == "sheet":
        return str(ngettext("%(num)s sheet", "%(num)s sheets", count))
    return str(ngettext("%(num)s page", "%(num)s pages", count))


def vocabulary_names() -> dict[Vocabulary, str]:
    """The vocabularies in the reader's language, in the order of the asset page."""
    return {
        Vocabulary.TYPE: _("Type"),
        Vocabulary.PRODUCT: _("Product"),
        Vocabulary.STAGE: _("Stage"),
        Vocabulary.INDUSTRY: _("Industry"),
        Vocabulary.PERSONA: _("Persona"),
        Vocabulary.REGION: _("Region"),
        Vocabulary.LANGUAGE: _("Language"),
    }


def library_url(term: Term) -> str:
    """The library narrowed to the term."""
    return library_address(term=term.key)


def library_address(**values: str) -> str:
    """The library with these filters."""
    return "/search?" + urlencode(values)


@dataclass(frozen=True)
class ShownVersion:
    """One row of the versions."""

    number: int
    current: bool
    shown: bool
    on: datetime
    by: str
    filename: str
    note: str
    pages: int | None
    bytes: int
    state: str
    sentence: str
    url: str
    download_url: str
    choose_url: str | None


def shown_versions(
    asset: Asset, versions: Sequence[AssetVersion], shown: AssetVersion, *, may_edit: bool
) -> list[ShownVersion]:
    """All versions, newest first."""
    return [
        ShownVersion(
            number=version.number,
            current=version.id == asset.current_version_id,
            shown=version.id == shown.id,
            on=version.created_at,
            by=version.created_by.name,
            filename=version.filename,
            note=version.changes,
            pages=version.page_count,
            bytes=version.bytes,
            state=version.state.value,
            sentence=in_words(version.error or version.preview_missing or ""),
            url=url_for("assets.version", asset_id=asset.id, number=version.number),
            download_url=url_for("assets.file", asset_id=asset.id, version=version.number),
            choose_url=_choose_url(asset, version) if may_edit else None,
        )
        for version in versions
    ]


def _choose_url(asset: Asset, version: AssetVersion) -> str | None:
    waits = version.state in (ReadingState.RECEIVED, ReadingState.READING)
    if version.id == asset.current_version_id or waits or asset.status is Status.RETIRED:
        return None
    return url_for("assets.make_current", asset_id=asset.id, number=version.number)


@dataclass(frozen=True)
class ShownDeal:
    """One deal in which the asset may be used; called by its account, as on a rep's home."""

    id: int
    name: str
    about: str
    amount: Decimal | None
    currency: str | None
    stage: str
    when: str


def shown_deal(item: LikelyDeal) -> ShownDeal:
    """The deal in words: "Brauwerk Lindau", "Evaluation · call today 14:00"."""
    deal = item.deal
    when = ""
    if deal.next_call_at:
        when = _(
            "call %(day)s %(time)s",
            day=format_day(deal.next_call_at),
            time=format_time(deal.next_call_at),
        )
    return ShownDeal(
        id=deal.id,
        name=deal.account or deal.name,
        about=deal.name if deal.account else "",
        amount=deal.amount,
        currency=deal.currency,
        stage=deal.stage_label,
        when=when,
    )


@dataclass(frozen=True)
class ShownUse:
    """One use in a deal."""

    deal: str
    url: str
    stage: str
    on: datetime
    by: str
    evidence: str
    outcome: str
    amount: Decimal | None
    currency: str | None


def shown_use(use: Use) -> ShownUse:
    """The use in words."""
    return ShownUse(
        deal=use.deal.name,
        url=url_for("deals.detail", deal_id=use.deal_id),
        stage=use.stage or "",
        on=use.at,
        by=use.person.name if use.person else "",
        evidence=use.evidence.value,
        outcome=use.deal.outcome.value,
        amount=use.deal.amount,
        currency=use.deal.currency,
    )


def links(asset: Asset, version: AssetVersion, person: Person, *, fixed: bool) -> dict[str, Any]:
    """Where the asset page leads, and what this person may do there."""
    at: dict[str, Any] = {"asset_id": asset.id}
    edit = can(person, Permission.ASSET_EDIT, asset)
    publish = can(person, Permission.ASSET_PUBLISH, asset)
    retired = asset.status is Status.RETIRED
    unpublished = asset.status in (Status.DRAFT, Status.IN_REVIEW)
    retire = can(person, Permission.ASSET_RETIRE, asset)
    share = asset.status is Status.PUBLISHED and can(person, Permission.SHARE_CREATE)
    return {
        "download": url_for("assets.file", version=version.number if fixed else None, **at),
        "share": url_for("sharing.new", asset=asset.id) if share else None,
        "collect": url_for("assets.collect_page", **at),
        "edit": url_for("assets.edit", **at) if edit else None,
        "add_version": url_for("assets.new_version", **at) if edit and not retired else None,
        "publish": url_for("assets.publish", **at) if publish and unpublished else None,
        "review": (
            url_for("assets.send_to_review", **at)
            if edit and asset.status is Status.DRAFT
            else None
        ),
        "draft": url_for("assets.back_to_draft", **at) if publish and not retired else None,
        "retire": url_for("retirement.retire_page", **at) if retire and not retired else None,
        "restore": url_for("retirement.restore", **at) if retire and retired else None,
    }
