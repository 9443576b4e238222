"""The report of coverage: stage by product or industry, what there is and what is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetTerm, Term, Vocabulary
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome
from collateral.reports.asking import ReportRequest
from collateral.reports.deals_open import deals_of
from collateral.reports.parts import Asked, ask, counted_uses, in_report, outside, published_by
from collateral.usage.models import Use

ACROSS = {"product": Vocabulary.PRODUCT, "industry": Vocabulary.INDUSTRY}


@dataclass(frozen=True)
class Cell:
    """One stage of one product or industry."""

    assets: int = 0
    uses: int = 0
    open_deals: int = 0

    @property
    def gap(self) -> bool:
        """Deals are open there, and nothing is used in them."""
        return self.open_deals > 0 and self.uses == 0


@dataclass(frozen=True)
class Gap:
    """A cell with open deals and no use; stage and column as pairs of slug and label."""

    stage: tuple[str, str]
    column: tuple[str, str]
    cell: Cell


@dataclass(frozen=True)
class CoverageReport:
    """Pairs of slug and label for rows (stages) and columns, and the cells by their slugs."""

    across: str
    stages: Sequence[tuple[str, str]]
    columns: Sequence[tuple[str, str]]
    cells: dict[tuple[str, str], Cell]

    def cell(self, stage: str, column: str) -> Cell:
        return self.cells.get((stage, column), Cell())

    @property
    def gaps(self) -> list[Gap]:
        """The most open deals first."""
        found = [
            Gap((stage, stage_label), (slug, label), self.cell(stage, slug))
            for stage, stage_label in self.stages
            for slug, label in self.columns
        ]
        return sorted((f for f in found if f.cell.gap), key=lambda f: -f.cell.open_deals)


def coverage(reader: Person, request: ReportRequest, across: str = "product") -> CoverageReport:
    """Assets with the terms of a cell, uses at its stage in its deals, deals open in it now.

    Five queries. `across` is a key of ACROSS; anything else is taken for product.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    across = across if across in ACROSS else "product"
    terms: dict[Vocabulary, list[tuple[str, str]]] = {}
    for vocabulary, slug, label in db.session.execute(
        select(Term.vocabulary, Term.slug, Term.label)
        .where(Term.vocabulary.in_((Vocabulary.STAGE, ACROSS[across])))
        .order_by(Term.position, Term.label)
    ):
        terms.setdefault(vocabulary, []).append((slug, label))
    stages = terms.get(Vocabulary.STAGE, [])
    columns = terms.get(ACROSS[across], [])
    if request.stage:
        stages = [term for term in stages if term[0] == request.stage]
    if request.product and across == "product":
        columns = [term for term in columns if term[0] == request.product]
    of_deal = Deal.product if across == "product" else Deal.industry
    assets, uses = _assets(asked, ACROSS[across]), _uses(asked, of_deal)
    opened = _open(asked, of_deal)
    places = {(stage, column) for stage, _ in stages for column, _ in columns}
    cells = {
        place: Cell(assets.get(place, 0), uses.get(place, 0), opened.get(place, 0))
        for place in places
    }
    return CoverageReport(across, stages, columns, cells)


Numbers = dict[tuple[str, str], int]


def _numbers(query: Any) -> Numbers:
    return {(stage, column): int(count) for stage, column, count in db.session.execute(query)}


def _assets(asked: Asked, vocabulary: Vocabulary) -> Numbers:
    """An asset has a term once, so that each row of the join is another asset of its cell."""
    slugs = dict(
        db.session.execute(
            select(Term.id, Term.slug).where(Term.vocabulary.in_((Vocabulary.STAGE, vocabulary)))
        ).all()
    )
    to_stage, to_column = aliased(AssetTerm), aliased(AssetTerm)
    terms = {
        which: select(Term.id).where(Term.vocabulary == which)
        for which in (Vocabulary.STAGE, vocabulary)
    }
    published = select(Asset.id).where(in_report(asked), published_by(asked))
    rows = db.session.execute(
        select(to_stage.term_id, to_column.term_id, func.count())
        .select_from(to_stage)
        .join(to_column, to_column.asset_id == to_stage.asset_id)
        .where(
            to_stage.term_id.in_(terms[Vocabulary.STAGE]),
            to_column.term_id.in_(terms[vocabulary]),
            to_stage.asset_id.in_(published),
        )
        .group_by(to_stage.term_id, to_column.term_id)
    )
    return {(slugs[stage], slugs[column]): int(count) for stage, column, count in rows}


def _uses(asked: Asked, of_deal: Any) -> Numbers:
    return _numbers(
        select(Use.stage, of_deal, func.count())
        .join(Deal, Deal.id == Use.deal_id)
        .where(
            counted_uses(asked),
            Use.asset_id.not_in(outside(asked)),
            deals.visible(asked.reader),
        )
        .group_by(Use.stage, of_deal)
    )


def _open(asked: Asked, of_deal: Any) -> Numbers:
    return _numbers(
        select(Deal.stage, of_deal, func.count())
        .where(deals_of(asked), Deal.outcome == Outcome.OPEN)
        .group_by(Deal.stage, of_deal)
    )
