"""What the docket looks at: for each published asset past its grace the deals it was made for
that came by in the last 365 days, and what was counted. A fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from collateral.accounts.models import TeamMember
from collateral.adaptations.families import credits_beyond_sums
from collateral.adaptations.models import Adaptation
from collateral.adaptations.models import Status as AdaptationStatus
from collateral.assets.models import Asset, AssetTeam, AssetTerm, Status, Term, Vocabulary
from collateral.db import db
from collateral.deals.models import Deal, StageChange
from collateral.retirement.eligible import FITTING, Deals, Known
from collateral.retirement.models import Policy, Season
from collateral.retirement.rules import WINDOW_DAYS, PolicyFor, Terms, terms_for
from collateral.usage.counting import zone
from collateral.usage.models import Level, Use
from collateral.usage.periods import Period
from collateral.usage.rules import counting_day
from collateral.usage.summed import sums
from collateral.usage.team_sets import Scope

RECENT_DAYS = 180
PUBLISHED = Asset.status == Status.PUBLISHED


@dataclass(frozen=True)
class Counted:
    """What was counted of an asset's family in the window."""

    shown: int = 0
    views: int = 0
    signs: int = 0
    uses: int = 0


@dataclass(frozen=True)
class Remade:
    """Adaptations of an asset that were handed in, and by how many different people."""

    adaptations: int
    people: int


@dataclass(frozen=True)
class Gathered:
    """All of it. `recent` and `earlier` hold uses of the last 180 days and of the year before
    these; what an asset has none of stands in no mapping."""

    period: Period
    recent_period: Period
    earlier_period: Period
    assets: Sequence[Known]
    counted: Mapping[int, Counted]
    recent: Mapping[int, int]
    earlier: Mapping[int, int]
    remade: Mapping[int, Remade]
    deals: Deals


def gather(at: datetime) -> Gathered:
    """Read everything. A fixed number of queries, whatever the library holds."""
    today = counting_day(at, zone())
    period = Period(today - timedelta(days=WINDOW_DAYS - 1), today)
    recent = Period(today - timedelta(days=RECENT_DAYS - 1), today)
    before = Period(recent.first - timedelta(days=WINDOW_DAYS), recent.first - timedelta(days=1))
    old_enough = [
        asset
        for asset in published_assets()
        if asset.published + timedelta(days=asset.terms.grace_days) <= today
    ]
    return Gathered(
        period,
        recent,
        before,
        old_enough,
        _counted(period),
        _uses(recent),
        _uses(before),
        _remade(period),
        _deals(before.first),
    )


def policies() -> list[PolicyFor]:
    """All of them, as the rules take them."""
    return [
        PolicyFor(
            row.type,
            row.team_id,
            Terms(row.grace_days, row.floor_deals, row.review_months, row.review_required),
        )
        for row in db.session.scalars(select(Policy).order_by(Policy.id))
    ]


def published_assets() -> list[Known]:
    """Every published asset with its policy and what it was made for."""
    types, wanted = _made_for()
    teams = _sets(
        select(AssetTeam.asset_id, AssetTeam.team_id)
        .join(Asset, Asset.id == AssetTeam.asset_id)
        .where(PUBLISHED)
    )
    members = _sets(select(TeamMember.team_id, TeamMember.person_id))
    of_person = _sets(select(TeamMember.person_id, TeamMember.team_id))
    seasons = {
        asset_id: frozenset(months)
        for asset_id, months in db.session.execute(select(Season.asset_id, Season.months))
        if months
    }
    known = policies()
    found = []
    for row in db.session.execute(
        select(Asset.id, Asset.published_at, Asset.created_at, Asset.owner_id)
        .where(PUBLISHED)
        .order_by(Asset.id)
    ):
        its_teams = teams.get(row.id, set())
        whose = its_teams | of_person.get(row.owner_id, set())
        found.append(
            Known(
                row.id,
                types.get(row.id, ""),
                counting_day(row.published_at or row.created_at, zone()),
                row.owner_id,
                terms_for(known, types.get(row.id, ""), whose),
                wanted.get(row.id, {}),
                frozenset().union(*(members.get(team, set()) for team in its_teams))
                if its_teams
                else None,
                seasons.get(row.id),
            )
        )
    return found


def _made_for() -> tuple[dict[int, str], dict[int, dict[Vocabulary, frozenset[str]]]]:
    """Of every published asset the slug of its type, the first of several, and its products,
    industries, regions and stages."""
    types: dict[int, str] = {}
    wanted: dict[int, dict[Vocabulary, set[str]]] = defaultdict(lambda: defaultdict(set))
    for asset_id, vocabulary, slug in db.session.execute(
        select(AssetTerm.asset_id, Term.vocabulary, Term.slug)
        .join(Term, Term.id == AssetTerm.term_id)
        .join(Asset, Asset.id == AssetTerm.asset_id)
        .where(PUBLISHED, Term.vocabulary.in_((*FITTING, Vocabulary.STAGE, Vocabulary.TYPE)))
        .order_by(Term.position.desc(), Term.label.desc())
    ):
        if vocabulary is Vocabulary.TYPE:
            # In the reverse of their order: the first of several is what stays.
            types[asset_id] = slug
        else:
            wanted[asset_id][vocabulary].add(slug)
    return types, {
        asset_id: {vocabulary: frozenset(slugs) for vocabulary, slugs in of_asset.items()}
        for asset_id, of_asset in wanted.items()
    }


def _sets(query: Any) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for key, value in db.session.execute(query):
        found[key].add(value)
    return found


def _counted(period: Period) -> dict[int, Counted]:
    summed = sums(
        Scope(True),
        period,
        level=Level.FAMILY,
        metrics=("shown", "views", "downloads", "opens", "uses"),
    )
    beyond = credits_beyond_sums(period)
    found = {asset_id: Counted(uses=round(credit)) for asset_id, credit in beyond.items()}
    for row in db.session.execute(select(summed)):
        uses = round(int(row.uses) + beyond.get(row.ref, 0.0))
        found[row.ref] = Counted(
            int(row.shown), int(row.views), int(row.downloads + row.opens), uses
        )
    return found


def _uses(period: Period) -> dict[int, int]:
    summed = sums(Scope(True), period, level=Level.FAMILY, metrics=("uses",))
    uses = {row.ref: float(row.uses) for row in db.session.execute(select(summed)) if row.uses}
    for asset_id, beyond in credits_beyond_sums(period).items():
        uses[asset_id] = uses.get(asset_id, 0.0) + beyond
    return {asset_id: whole for asset_id, count in uses.items() if (whole := round(count))}


def _remade(period: Period) -> dict[int, Remade]:
    """Adaptations that were handed in since the period's first day. Declined ones, too."""
    rows = db.session.execute(
        select(Adaptation.asset_id, func.count(), func.count(Adaptation.person_id.distinct()))
        .where(
            Adaptation.asset_id.is_not(None),
            Adaptation.status != AdaptationStatus.PRIVATE,
            Adaptation.created_at >= datetime.combine(period.first, time.min, zone()),
        )
        .group_by(Adaptation.asset_id)
    )
    return {
        asset_id: Remade(int(count), int(people))
        for asset_id, count, people in rows
        if asset_id is not None
    }


def _deals(since: date) -> Deals:
    """Deals open since that day with a recorded use of anything: those without say nothing, for
    where nobody records uses, every asset looks ignored."""
    with_use = select(Use.deal_id).where(Use.retracted_at.is_(None)).distinct().subquery()
    open_since = or_(Deal.closed_on.is_(None), Deal.closed_on >= since)
    rows = db.session.execute(
        select(
            Deal.id,
            Deal.owner_id,
            Deal.product,
            Deal.industry,
            Deal.region,
            Deal.stage,
            Deal.opened_on,
            Deal.closed_on,
        )
        .join(with_use, with_use.c.deal_id == Deal.id)
        .where(open_since)
    ).all()
    reached: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        reached[row.id].add(row.stage)
    for deal_id, stage in db.session.execute(
        select(StageChange.deal_id, StageChange.stage)
        .join(Deal, Deal.id == StageChange.deal_id)
        .join(with_use, with_use.c.deal_id == Deal.id)
        .where(open_since)
        .distinct()
    ):
        reached[deal_id].add(stage)
    return Deals(rows, _frozen(reached.items()))


def _frozen(pairs: Iterable[tuple[int, set[str]]]) -> dict[int, frozenset[str]]:
    return {key: frozenset(values - {""}) for key, values in pairs}
