"""A rep's home: the next calls, what to use in each and why, and what she has not said yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets.models import Asset, Status, Term, Vocabulary
from collateral.assets.queries import visible
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome
from collateral.home.opened import Sent, opened, others, sent
from collateral.home.pictures import Picture, Thumb, thumbs
from collateral.requests import queries as requests
from collateral.search.suggesting import Proposal, suggestions_for_each
from collateral.search.suggestion_words import sentence
from collateral.templating import ago, format_day, format_time
from collateral.usage import confirming
from collateral.usage import queries as usage
from collateral.usage.models import Use

NEXT_CALLS, FIRST_SUGGESTIONS, SUGGESTIONS, USES, ASKED = 4, 4, 3, 2, 4
AHEAD, SOON, UNSAID = timedelta(days=14), timedelta(hours=2), timedelta(days=14)
JUST_BEGUN = timedelta(minutes=30)


@dataclass(frozen=True)
class ShownSuggestion:
    title: str
    url: str
    kind: str
    picture: Picture | None
    why: str
    use_url: str
    deal_id: int


@dataclass(frozen=True)
class Call:
    """One coming call; see templates/home/rep.html."""

    time: str
    until: str
    soon: bool
    deal: str
    url: str
    about: str
    amount: Decimal | None
    currency: str | None
    stage: str
    industry: str
    suggestions: list[ShownSuggestion]
    sent: list[Sent]


@dataclass(frozen=True)
class Unsaid:
    """A download without a deal, with the deals that it was likeliest for."""

    title: str
    url: str
    kind: str
    picture: Picture | None
    on: datetime
    deals: list[tuple[str, int]]
    say_url: str
    other_url: str


@dataclass(frozen=True)
class New:
    title: str
    url: str
    kind: str
    type: str
    picture: Picture | None
    published: datetime | None


@dataclass(frozen=True)
class Asked:
    """A request that she waits for."""

    title: str
    url: str
    text: str
    step: str


def context(person: Person, at: datetime) -> dict[str, Any]:
    """The context of home/rep.html."""
    return {
        "calls": next_calls(person, at),
        "unsaid": unsaid(person, at),
        "closed": confirming.unconfirmed(person, at),
        "opened": opened(person, at),
        "new": new_assets(person),
        "asked": asked(person),
        "request_url": url_for("requests.new"),
    }


def asked(person: Person) -> list[Asked]:
    """What the person waits for: who makes it, and by when."""
    return [
        Asked(
            title=each.title,
            url=url_for("requests.detail", request_id=each.id),
            text=_("%(name)s, by %(day)s", name=each.maker.name, day=format_day(each.due_on))
            if each.maker and each.due_on
            else _("Nobody makes it yet"),
            step=_("Taken on") if each.maker else _("Open request"),
        )
        for each in requests.of_person(person, ASKED)
    ]


def next_calls(person: Person, at: datetime) -> list[Call]:
    """The person's own coming calls, the soonest first, each with its suggestions.

    As many queries for all as for one.
    """
    rows = _deals_to_call(person, at)
    if not rows:
        return []
    industries = _labels(Vocabulary.INDUSTRY)
    proposals = suggestions_for_each(
        [
            (deal, SUGGESTIONS if position else FIRST_SUGGESTIONS)
            for position, deal in enumerate(rows)
        ],
        person,
        at=at,
    )
    links = sent(rows, person)
    used = usage.last_uses([deal.id for deal in rows], person, limit=USES)
    shown = thumbs(
        {p.asset.id for found in proposals.values() for p in found}
        | {use.asset_id for uses in used.values() for use in uses}
    )
    return [
        _call(
            deal,
            at,
            industries.get(deal.industry, deal.industry),
            [_suggestion(p, deal, shown[p.asset.id], industries) for p in proposals[deal.id]],
            _sent(links.get(deal.id), used[deal.id], shown),
        )
        for deal in rows
    ]


def _call(
    deal: Deal,
    at: datetime,
    industry: str,
    suggestions: list[ShownSuggestion],
    had: list[Sent],
) -> Call:
    return Call(
        time=format_time(deal.next_call_at),
        until=_until(deal.next_call_at, at),
        soon=deal.next_call_at is not None and deal.next_call_at - at < SOON,
        deal=deal.account or deal.name,
        url=url_for("deals.detail", deal_id=deal.id),
        about=deal.name if deal.account else "",
        amount=deal.amount,
        currency=deal.currency,
        stage=deal.stage_label,
        industry=industry,
        suggestions=suggestions,
        sent=had,
    )


def _deals_to_call(person: Person, at: datetime) -> Sequence[Deal]:
    """Her open deals with a call to come, or one that has just begun."""
    return db.session.scalars(
        select(Deal)
        .where(
            deals.own(person),
            Deal.outcome == Outcome.OPEN,
            Deal.next_call_at.between(at - JUST_BEGUN, at + AHEAD),
        )
        .order_by(Deal.next_call_at)
        .limit(NEXT_CALLS)
    ).all()


def _sent(link: Sent | None, uses: Sequence[Use], shown: Mapping[int, Thumb]) -> list[Sent]:
    """What the buyer has: what was sent by a link, then what else was used."""
    said = [
        Sent(
            _("Used %(when)s", when=ago(use.at)),
            shown[use.asset_id].title,
            shown[use.asset_id].url,
            use.evidence.value,
        )
        for use in others(uses, link)
    ]
    return [link, *said] if link else said


def _suggestion(
    proposal: Proposal, deal: Deal, thumb: Thumb, industries: dict[str, str]
) -> ShownSuggestion:
    return ShownSuggestion(
        thumb.title,
        thumb.url,
        thumb.kind,
        thumb.picture,
        sentence(proposal.reason, deal.stage_label, industries.get(deal.industry, deal.industry)),
        url_for("assets.use", asset_id=proposal.asset.id),
        deal.id,
    )


def _until(call: datetime | None, at: datetime) -> str:
    if call is None:
        return ""
    if timedelta() <= call - at < SOON:
        return str(
            _("in %(minutes)s minutes", minutes=max(1, round((call - at).total_seconds() / 60)))
        )
    return format_day(call)


def unsaid(person: Person, at: datetime) -> list[Unsaid]:
    """Recent downloads for which she has not said the deal."""
    found = usage.downloads_without_a_deal(person, since=at - UNSAID, limit=4)
    if not found:
        return []
    likely = deals.likely_for_each(person, [download.asset for download in found], 2, at=at)
    shown = thumbs([download.asset.id for download in found])
    return [
        Unsaid(
            title=shown[download.asset.id].title,
            url=shown[download.asset.id].url,
            kind=shown[download.asset.id].kind,
            picture=shown[download.asset.id].picture,
            on=download.at,
            deals=[
                (item.deal.account or item.deal.name, item.deal.id)
                for item in likely[download.asset.id]
            ],
            say_url=url_for("home.say", asset_id=download.asset.id),
            other_url=shown[download.asset.id].url,
        )
        for download in found
    ]


def new_assets(person: Person, limit: int = 4) -> list[New]:
    """What was published last, of what the person may see."""
    rows = db.session.execute(
        select(Asset.id, Asset.published_at)
        .where(visible(person), Asset.status == Status.PUBLISHED)
        .order_by(Asset.published_at.desc(), Asset.id.desc())
        .limit(limit)
    ).all()
    shown = thumbs([asset_id for asset_id, _at in rows])
    return [
        New(t.title, t.url, t.kind, t.label, t.picture, at)
        for t, at in ((shown[asset_id], at) for asset_id, at in rows)
    ]


def _labels(vocabulary: Vocabulary) -> dict[str, str]:
    rows = db.session.execute(select(Term.slug, Term.label).where(Term.vocabulary == vocabulary))
    return {slug: str(label) for slug, label in rows}
