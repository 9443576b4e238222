"""The frame of each report: tabs, and the pickers of its filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets.models import Term, Vocabulary
from collateral.db import db
from collateral.reports.asking import PRESETS, ReportRequest
from collateral.usage.team_sets import teams_for

KEPT = ("period", "from", "to", "compare", "team", "product", "stage", "region")


def kept() -> dict[str, Any]:
    """The filters of the present address, for links to another report."""
    return {name: request.args[name] for name in KEPT if request.args.get(name)}


def tabs(current: str) -> list[dict[str, Any]]:
    """The reports, with the filters that are set."""
    return [
        {
            "text": text,
            "url": url_for(f"reports.{name}_page", **kept()),
            "current": name == current or (name, current) == ("ignored", "worth"),
        }
        for name, text in (
            ("overview", _("Overview")),
            ("assets", _("Assets")),
            ("coverage", _("Coverage")),
            ("adoption", _("Adoption")),
            ("search", _("Search")),
            ("ignored", _("Ignored")),
            ("changes", _("What reps change")),
        )
    ]


@dataclass(frozen=True)
class Filters:
    """What the pickers offer: pairs of value and text."""

    periods: list[tuple[str, str]]
    compared: list[tuple[str, str]]
    teams: list[tuple[str, str]]
    products: list[tuple[str, str]]
    stages: list[tuple[str, str]]
    regions: list[tuple[str, str]]


def filters(reader: Person, wanted: ReportRequest, report: str = "") -> Filters:
    """The pickers of a report. Two queries."""
    terms: dict[Vocabulary, list[tuple[str, str]]] = {}
    for vocabulary, slug, label in db.session.execute(
        select(Term.vocabulary, Term.slug, Term.label)
        .where(Term.vocabulary.in_((Vocabulary.PRODUCT, Vocabulary.STAGE, Vocabulary.REGION)))
        .order_by(Term.position, Term.label)
    ):
        terms.setdefault(vocabulary, [("", _("all"))]).append((slug, label))
    nothing = [("", _("all"))]
    return Filters(
        ([] if wanted.preset else [("", _("chosen days"))])
        + [(key, _(text)) for key, text in PRESETS.items()],
        [("", _("period before")), ("year", _("year before"))]
        if report == "overview"
        else [("", _("nothing")), ("before", _("period before")), ("year", _("year before"))],
        nothing + [(str(team.id), team.name) for team in teams_for(reader)],
        terms.get(Vocabulary.PRODUCT, nothing),
        terms.get(Vocabulary.STAGE, nothing),
        terms.get(Vocabulary.REGION, nothing),
    )


def whose(reader: Person, wanted: ReportRequest) -> str:
    """Whose doing the numbers count, in a sentence, for who may not read everybody's."""
    if can(reader, Permission.REPORT_READ_ALL):
        return ""
    teams = [team.name for team in teams_for(reader) if wanted.team_id in (None, team.id)]
    if not teams:
        return str(_("Counted is what you did, of what you may see."))
    if wanted.team_id is not None:
        return str(_("Counted is what %(team)s did, of what you may see.", team=teams[0]))
    return str(
        _(
            "Counted is what you and your teams did (%(teams)s), of what you may see. "
            "Somebody in other teams sees other totals.",
            teams=", ".join(teams),
        )
    )
