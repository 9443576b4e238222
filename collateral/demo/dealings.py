"""Plays Kelvane's deals: who opens them, how they move, and what is used in them.

What is used early in a stage can change how the stage ends; that is how an asset works. An
asset of fate ``works`` does, and no other: reps with more skill win more and use more, and an
asset that they like looks good without being it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from collateral.demo.catalogue import Sample
from collateral.demo.company import REPS, Colleague, person
from collateral.demo.eligible import Shelf
from collateral.demo.heroes import HEROES, Hero
from collateral.demo.hours import next_call, working_moment
from collateral.demo.market import (
    ACCOUNTS,
    DEAL_NAMES,
    POUNDS,
    PRICES,
    REGION_TRADES,
    TRADE_PRODUCTS,
)
from collateral.demo.played import PlayedDeal, PlayedUse, StageStep

STAGES = ("Discovery", "Evaluation", "Proposal", "Negotiation")
COUNT = 500
SPAN_DAYS = 548  # eighteen months

_DAYS = (26, 44, 33, 20)  # how long a stage takes, in the middle
_ADVANCE = (1.05, 0.1, 0.45, 0.65)  # logits of leaving it forwards
_WORKS_NOW, _WORKS_LATER = 0.95, 0.45
_USES = (1.15, 2.1, 1.6, 0.8)  # how many assets a rep uses in a stage, in the middle


@dataclass(frozen=True)
class _Lead:
    name: str
    account: str
    owner: Colleague
    region: str
    industry: str
    product: str
    euros: float
    opened: datetime
    fit: float


def play_deals(
    rng: Random, now: datetime, library_from: datetime, samples: Sequence[Sample]
) -> list[PlayedDeal]:
    """Five hundred deals in order of opening, those of ``HEROES`` among them."""
    shelf = Shelf(samples, now)
    leads = sorted(
        (_lead(rng, now) for _ in range(COUNT - len(HEROES))), key=lambda lead: lead.opened
    )
    calls = {colleague.key: 0 for colleague in REPS}
    for hero in HEROES:
        calls[hero.owner] += 1
    played = []
    for number, lead in enumerate(leads):
        played.append(_play(rng, f"KV-{4100 + number}", lead, now, library_from, shelf, calls))
    for number, hero in enumerate(HEROES):
        played.append(
            _hero(rng, f"KV-{4100 + len(leads) + number}", hero, now, library_from, shelf)
        )
    return sorted(played, key=lambda deal: (deal.opened, deal.external_id))


def _lead(rng: Random, now: datetime) -> _Lead:
    owner = rng.choices(REPS, [0.8 + colleague.pace * 0.4 for colleague in REPS])[0]
    region = rng.choice(owner.regions)
    industry = _weighted(rng, REGION_TRADES[region])
    product = _weighted(rng, TRADE_PRODUCTS[industry])
    # Somewhat more deals each month: the company grows.
    back = SPAN_DAYS * (1 - rng.random() ** 0.8) + 2
    opened = working_moment(rng, now - timedelta(days=back), owner, before=now)
    return _Lead(
        name=rng.choice(DEAL_NAMES[product]),
        account=rng.choice(ACCOUNTS[region][industry]),
        owner=owner,
        region=region,
        industry=industry,
        product=product,
        euros=PRICES[product] * math.exp(rng.gauss(0, 0.62)),
        opened=opened,
        fit=rng.gauss(0, 0.5),
    )


@dataclass(frozen=True)
class _Course:
    """How a deal went until now."""

    steps: list[StageStep]
    uses: list[PlayedUse]
    outcome: str = "open"
    closed: datetime | None = None


def _play(
    rng: Random,
    external_id: str,
    lead: _Lead,
    now: datetime,
    library_from: datetime,
    shelf: Shelf,
    calls: dict[str, int],
) -> PlayedDeal:
    course = _course(rng, lead, now, library_from, shelf)
    call = expected = None
    if course.closed is None:
        call = next_call(rng, now, lead.owner, calls[lead.owner.key])
        calls[lead.owner.key] += 1
        expected = now + timedelta(days=rng.randint(12, 120))
    return _deal(external_id, lead, course, _money(lead), expected, call)


def _course(
    rng: Random, lead: _Lead, now: datetime, library_from: datetime, shelf: Shelf
) -> _Course:
    """From stage to stage, as far as chance, skill and what was used lead until now."""
    course = _Course([StageStep(STAGES[0], lead.opened)], [])
    at, lift = lead.opened, 0.0
    for index in range(len(STAGES)):
        days = _DAYS[index] * rng.gammavariate(2.4, 1 / 2.4)
        leaves = working_moment(rng, at + timedelta(days=days), lead.owner)
        leaves = max(leaves, at + timedelta(hours=2))
        used = _uses(rng, lead, index, at, leaves, min(now, leaves), library_from, shelf)
        course.uses.extend(used)
        works = any(shelf.fate(use.asset) == "works" for use in used)
        odds = _ADVANCE[index] + lead.owner.skill + lead.fit * 0.6 + lift
        odds += _WORKS_NOW * works
        lift = max(lift, _WORKS_LATER * works)  # one good case is enough
        if leaves > now:
            break
        if rng.random() > 1 / (1 + math.exp(-odds)):
            return replace(course, outcome="lost", closed=leaves)
        if index == len(STAGES) - 1:
            return replace(course, outcome="won", closed=leaves)
        course.steps.append(StageStep(STAGES[index + 1], leaves))
        at = leaves
    return course


def _hero(
    rng: Random, external_id: str, hero: Hero, now: datetime, library_from: datetime, shelf: Shelf
) -> PlayedDeal:
    owner = person(hero.owner)
    days = [rng.uniform(18, 34) for _ in range(hero.stage)] + [rng.uniform(9, 20)]
    at = working_moment(rng, now - timedelta(days=sum(days)), owner, before=now)
    lead = _Lead(
        hero.name,
        hero.account,
        owner,
        hero.region,
        hero.industry,
        hero.product,
        hero.amount,
        at,
        0.4,
    )
    course = _Course([], [])
    for index in range(hero.stage + 1):
        course.steps.append(StageStep(STAGES[index], at))
        leaves = working_moment(rng, at + timedelta(days=days[index]), owner, before=now)
        course.uses.extend(_uses(rng, lead, index, at, leaves, leaves, library_from, shelf))
        at = max(leaves, at + timedelta(hours=1))
    course = replace(course, uses=_opened_last(course.uses, shelf))
    expected = now + timedelta(days=rng.randint(20, 80))
    call = next_call(rng, now, owner, hero.call)
    return _deal(external_id, lead, course, (hero.amount, _currency(lead)), expected, call)


def _opened_last(uses: Sequence[PlayedUse], shelf: Shelf) -> list[PlayedUse]:
    """The same, but of the last that was made for buyers it is known that they opened it."""
    sent = [use for use in uses if shelf.for_buyers(use.asset)]
    last = max(sent, key=lambda use: use.at, default=None)
    return [replace(use, said=True, evidence="observed") if use is last else use for use in uses]


def _deal(
    external_id: str,
    lead: _Lead,
    course: _Course,
    money: tuple[int, str],
    expected: datetime | None,
    call: datetime | None,
) -> PlayedDeal:
    amount, currency = money
    return PlayedDeal(
        external_id,
        lead.name,
        lead.account,
        lead.owner.key,
        lead.region,
        lead.industry,
        lead.product,
        amount,
        currency,
        lead.opened,
        tuple(course.steps),
        course.outcome,
        course.closed,
        expected,
        call,
        tuple(course.uses),
    )


def _uses(
    rng: Random,
    lead: _Lead,
    index: int,
    begins: datetime,
    ends: datetime,
    until: datetime,
    library_from: datetime,
    shelf: Shelf,
) -> list[PlayedUse]:
    """What the rep used in this stage, at moments that do not know how it ends."""
    wanted = _USES[index] * (0.5 + 0.5 * lead.owner.pace)
    count = min(4, _poisson(rng, wanted))
    made: list[PlayedUse] = []
    length = (ends - begins) / timedelta(days=1)
    for _ in range(count):
        # Soon after the stage began, wherever in it that falls: never because of how it ended.
        at = working_moment(
            rng, begins + timedelta(days=rng.uniform(0.06, 0.7) * length), lead.owner
        )
        if not (max(begins, library_from) < at < until):
            continue
        asset = shelf.pick(
            rng, at, lead.product, STAGES[index], lead.industry, lead.region, lead.owner
        )
        if asset is None or any(use.asset == asset for use in made):
            continue
        evidence = rng.choices(("declared", "observed", "inferred"), (0.68, 0.22, 0.1))[0]
        said = evidence != "declared" or rng.random() < lead.owner.diligence
        if evidence == "observed" and not shelf.for_buyers(asset):
            evidence = "declared"
        made.append(
            PlayedUse(at, asset, shelf.version_at(asset, at), STAGES[index], said, evidence)
        )
    return made


def _money(lead: _Lead) -> tuple[int, str]:
    currency = _currency(lead)
    amount = lead.euros * POUNDS if currency == "GBP" else lead.euros
    return round(amount / 5_000) * 5_000 or 5_000, currency


def _currency(lead: _Lead) -> str:
    return "GBP" if lead.region == "UK and Ireland" else "EUR"


def _weighted(rng: Random, weights: Mapping[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _poisson(rng: Random, mean: float) -> int:
    left, count = math.exp(-mean), 0
    product = rng.random()
    while product > left:
        count += 1
        product *= rng.random()
    return count
