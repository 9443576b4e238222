"""Deals as the pages show them: the line of stages, a choice in a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from collateral.assets.models import Term, Vocabulary
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.deals.presets import CRMS
from collateral.templating import format_day, format_time, money


@dataclass(frozen=True)
class Step:
    """A stage that a deal was in: since when, how many days, and whether it still is."""

    label: str
    since: datetime
    days: int | None
    now: bool
    outcome: Outcome | None


def source_name(source: str) -> str:
    """Where a deal comes from, as people call it: a CRM, a file, a program, a webhook's name."""
    if source == "csv":
        return str(_("CSV file"))
    if source == "api":
        return str(_("API"))
    if source.startswith("hook:"):
        return str(_("Webhook %(name)s", name=source.removeprefix("hook:")))
    return CRMS.get(source, source)


def stage_line(deal: Deal) -> list[Step]:
    """The stages that the deal went through, in order."""
    steps = []
    moves = deal.stages
    for place, move in enumerate(moves):
        last = place == len(moves) - 1
        until = now() if last else moves[place + 1].at
        ended = last and deal.outcome is not Outcome.OPEN
        steps.append(
            Step(
                move.label,
                move.at,
                None if ended else max(0, (until - move.at).days),
                last and not ended,
                deal.outcome if ended else None,
            )
        )
    return steps


def stage_labels() -> dict[str, str]:
    """Slug to label of our stages, in their order. One query."""
    rows = db.session.execute(
        select(Term.slug, Term.label)
        .where(Term.vocabulary == Vocabulary.STAGE)
        .order_by(Term.position, Term.label)
    )
    return dict(rows.all())


def term_names(deal: Deal) -> dict[str, str]:
    """What the deal is about: `industry`, `product` and `region` to the label. One query.

    A slug without a term, as an import may leave it, is spelt out.
    """
    kept = {
        Vocabulary.INDUSTRY: deal.industry,
        Vocabulary.PRODUCT: deal.product,
        Vocabulary.REGION: deal.region,
    }
    labels = {
        (vocabulary, slug): label
        for vocabulary, slug, label in db.session.execute(
            select(Term.vocabulary, Term.slug, Term.label).where(
                Term.vocabulary.in_(kept), Term.slug.in_(kept.values())
            )
        )
    }
    return {
        vocabulary.value: labels.get((vocabulary, slug)) or slug.replace("-", " ").capitalize()
        for vocabulary, slug in kept.items()
        if slug
    }


def suggestion(deal: Deal) -> dict[str, Any]:
    """The deal as a choice: what the combobox and the typeahead take."""
    said = [deal.account if deal.account != deal.name else "", deal.stage_label]
    if deal.amount is not None:
        said.append(money(deal.amount, deal.currency))
    if deal.next_call_at and deal.next_call_at >= now():
        said.append(
            _(
                "call %(day)s %(time)s",
                day=format_day(deal.next_call_at),
                time=format_time(deal.next_call_at),
            )
        )
    return {
        "value": str(deal.id),
        "title": deal.name,
        "hint": " · ".join(word for word in said if word),
        "icon": "deals",
    }
