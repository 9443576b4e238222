"""The year as rows: deals, requests, searches, events and uses, a few statements each.

Nobody is told today of what was asked for months ago: so requests are rows, too, and not handed
to the operations that tell. Links and packs have a module of their own, see ``sent``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from collateral.assets.rules import slug_of
from collateral.db import db
from collateral.deals.models import Deal, Outcome, StageChange
from collateral.demo.company import person
from collateral.demo.loaded import Loaded
from collateral.demo.played import PlayedDeal
from collateral.demo.visits import Looked
from collateral.demo.wanted import Asked
from collateral.demo.year import Year
from collateral.requests.models import Request, RequestState, RequestWaiting
from collateral.requests.models_steps import ProductionStep
from collateral.search.models import Search, SearchOpening
from collateral.usage.bulk import BATCH, EventRow, UseRow, batches, load_events, load_uses
from collateral.usage.models import EventKind, Evidence

SOURCE = "sample"
AT_ONCE = 5 * BATCH
_CLOSED = {"won": "Closed won", "lost": "Closed lost"}


def load_deals(deals: Sequence[PlayedDeal], people: Mapping[str, int]) -> dict[str, int]:
    """The deals with their history; answers what the id of each became."""
    db.session.execute(insert(Deal), [_deal(deal, people) for deal in deals])
    rows = db.session.execute(select(Deal.external_id, Deal.id).where(Deal.source == SOURCE))
    ids = {row.external_id: row.id for row in rows}
    history = [change for deal in deals for change in _history(deal, ids[deal.external_id])]
    db.session.execute(insert(StageChange), history)
    return ids


def _deal(deal: PlayedDeal, people: Mapping[str, int]) -> dict[str, Any]:
    owner = person(deal.owner)
    closed = deal.outcome != "open"
    return {
        "source": SOURCE,
        "external_id": deal.external_id,
        "name": deal.name,
        "account": deal.account,
        "owner_id": people[deal.owner],
        "owner_email": owner.email,
        "owner_name": owner.name,
        "stage": "" if closed else slug_of(deal.stage),
        "stage_label": _CLOSED.get(deal.outcome, deal.stage),
        "amount": deal.amount,
        "currency": deal.currency,
        "industry": slug_of(deal.industry),
        "product": slug_of(deal.product),
        "region": slug_of(deal.region),
        "opened_on": deal.opened.date(),
        "closed_on": deal.closed.date() if deal.closed else None,
        "expected_on": deal.expected.date() if deal.expected else None,
        "outcome": Outcome(deal.outcome),
        "next_call_at": deal.next_call,
        "created_at": deal.opened,
        "updated_at": deal.closed or deal.steps[-1].at,
        "sample": True,
    }


def _history(deal: PlayedDeal, deal_id: int) -> Iterator[dict[str, Any]]:
    for step in deal.steps:
        yield {"deal_id": deal_id, "stage": slug_of(step.stage), "label": step.stage, "at": step.at}
    if deal.closed:
        label = _CLOSED[deal.outcome]
        yield {"deal_id": deal_id, "stage": "", "label": label, "at": deal.closed}


def load_requests(asked: Sequence[Asked], loaded: Loaded) -> None:
    """The requests, with who waits for each, and the steps of those that were taken on."""
    for one in asked:
        wanted = one.wanted
        db.session.add(
            made := Request(
                title=wanted.title,
                detail=wanted.detail,
                query=wanted.query,
                state=RequestState(one.state),
                by_id=loaded.people[wanted.by],
                at=one.at,
                changed_at=one.changed,
                maker_id=loaded.people[wanted.maker] if wanted.maker else None,
                due_on=one.due,
                asset_id=loaded.assets[wanted.asset] if wanted.asset else None,
                reason=wanted.reason,
                waiting=[
                    RequestWaiting(
                        person_id=loaded.people[waiter.person],
                        deal_id=loaded.deals.get(waiter.deal),
                        at=waiter.at,
                    )
                    for waiter in one.waiting
                ],
            )
        )
        db.session.add_all(
            ProductionStep(
                request=made,
                number=step.number,
                assignee_id=loaded.people[step.assignee],
                due_on=step.due,
                began_at=one.began,
                done_at=step.done_at,
                done_by_id=loaded.people[step.assignee] if step.done_at else None,
            )
            for step in one.steps
        )
    db.session.flush()


def load_searches(
    searches: Sequence[Looked], people: Mapping[str, int], assets: Mapping[str, int]
) -> dict[int, int]:
    """The log of searches; answers what the number of each became."""
    ids = {look.number: _search_id(look) for look in searches}
    for batch in batches(searches, BATCH):
        db.session.execute(
            insert(Search),
            [
                {
                    "id": ids[look.number],
                    "at": look.at,
                    "person_id": people[look.person],
                    "session": look.session,
                    "query": look.query,
                    "total": look.total,
                }
                for look in batch
            ],
        )
    openings = [
        {"search_id": ids[look.number], "asset_id": assets[key], "at": at}
        for look in searches
        for key, at in look.opened
    ]
    for rows in batches(openings, BATCH):
        db.session.execute(insert(SearchOpening), rows)
    return ids


def _search_id(look: Looked) -> int:
    """As the search log makes its own: the moment, then twelve bits; here those of the number."""
    return (int(look.at.timestamp() * 1000) << 12) | (look.number & 0xFFF)


def load_use(
    year: Year,
    people: Mapping[str, int],
    assets: Mapping[str, int],
    versions: Mapping[tuple[str, int], int],
    deals: Mapping[str, int],
    searches: Mapping[int, int],
) -> Iterator[set[date]]:
    """Events and uses, not yet counted; answers the days that have any, so many at a time that
    the caller, who commits after each, keeps nobody waiting."""
    for some in batches(year.events, AT_ONCE):
        yield load_events(
            EventRow(
                at=event.at,
                kind=EventKind(event.kind),
                asset_id=assets[event.asset],
                version_id=versions[event.asset, event.version],
                person_id=people[event.person],
                session=event.session,
                deal_id=deals.get(event.deal),
                search_id=searches.get(event.search),
            )
            for event in some
        )
    yield load_uses(
        UseRow(
            at=use.at,
            asset_id=assets[use.asset],
            deal_id=deals[use.deal],
            person_id=people[use.person],
            stage=slug_of(use.stage),
            version_id=versions[use.asset, use.version],
            evidence=Evidence(use.evidence),
        )
        for use in year.uses
    )
