"""What reps made over in the sample: real files, handed in when their deals went on.

Their files are read and traced like anybody's. What was decided in the year stands as it was
decided; what came in last waits in the marketers' inbox.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from collateral.accounts.models import Person
from collateral.adaptations.jobs_adaptations import read_adaptation
from collateral.adaptations.models import (
    Adaptation,
    AdaptationComment,
    Merging,
    Reason,
    Status,
)
from collateral.adaptations.turns import note_step
from collateral.assets.operations import Received, receive
from collateral.db import db
from collateral.demo.catalogue import Sample
from collateral.demo.content_format import Block
from collateral.demo.files.make import make_file
from collateral.demo.loaded import Loaded
from collateral.demo.played import PlayedDeal
from collateral.demo.visits import Adapted
from collateral.queue import after_commit

WAITING_DAYS = 40
"""What was submitted within so many days waits for a decision."""
SILENT = 0.25
"""Share of those who do not say how long it took."""
REVIEWER = "ines.duarte"

_REASONS = {
    "not my industry": Reason.NOT_MY_INDUSTRY,
    "customer's logo": Reason.CUSTOMERS_LOGO,
    "pricing": Reason.PRICING,
    "too long": Reason.TOO_LONG,
    "out of date": Reason.OUT_OF_DATE,
    "wrong language": Reason.WRONG_LANGUAGE,
}
_PLACES = {
    "Food and drink": "bottling line",
    "Packaging": "packing line",
    "Pharma": "clean room",
    "Chemicals": "reactor",
    "Metals": "rolling mill",
    "Water": "pumping station",
    "Paper and wood": "paper machine",
}
_NO = (
    "The figures are this customer's own; keep it for the deal.",
    "The master speaks of every plant on purpose. Tell me where it did not fit.",
    "Good pages, but they repeat what the next version has.",
)
_SAID = "Are these their own figures, or may another deal show them?"


def load_adaptations(
    adaptations: Sequence[Adapted],
    deals: Sequence[PlayedDeal],
    samples: Sequence[Sample],
    loaded: Loaded,
    *,
    at: datetime,
    seed: int,
) -> int:
    """Hand them in as their makers did; how many. Their files are read after the commit."""
    by_key = {sample.key: sample for sample in samples}
    by_deal = {deal.external_id: deal for deal in deals}
    rng = Random(f"{seed}:adaptations")
    # All of them before the first row: nobody else can write while rows are not committed.
    files = [
        _file(adapted, by_key[adapted.asset], by_deal[adapted.deal], seed)
        for adapted in adaptations
    ]
    for adapted, received in zip(adaptations, files, strict=True):
        sample, deal = by_key[adapted.asset], by_deal[adapted.deal]
        row = _row(adapted, sample, deal, received, loaded)
        row.minutes = None if rng.random() < SILENT else adapted.minutes
        db.session.add(row)
        db.session.flush()  # its id is in the steps
        if adapted.submitted:
            _decide(row, adapted, loaded, rng, at)
        after_commit(read_adaptation, row.id)
    return len(adaptations)


def _row(
    adapted: Adapted, sample: Sample, deal: PlayedDeal, received: Received, loaded: Loaded
) -> Adaptation:
    return Adaptation(
        title=f"{sample.title} for {deal.account}",
        person_id=loaded.people[adapted.person],
        named_asset_id=loaded.assets[adapted.asset],
        asset_id=loaded.assets[adapted.asset],
        source_version_id=loaded.versions[adapted.asset, adapted.version],
        deal_id=loaded.deals[adapted.deal],
        reasons=[_REASONS[reason].value for reason in adapted.reasons],
        confirmed_at=adapted.at,
        created_at=adapted.at,
        sample=True,
        **received.columns(),
    )


def _file(adapted: Adapted, sample: Sample, deal: PlayedDeal, seed: int) -> Received:
    made = replace(sample, blocks=tuple(pages_of(adapted, sample, deal)), versions=1)
    name = f"{deal.account.replace(' ', '_')}_{sample.filename}"
    return receive(io.BytesIO(make_file(made, adapted.version, seed=seed)), name)


def _decide(
    row: Adaptation,
    adapted: Adapted,
    loaded: Loaded,
    rng: Random,
    at: datetime,
) -> None:
    maker = db.session.get_one(Person, row.person_id)
    reviewer = db.session.get_one(Person, loaded.people[REVIEWER])
    row.status, row.submitted_at = Status.SUBMITTED, adapted.at
    note_step(row, Status.SUBMITTED, by=maker, at=adapted.at)
    if at - adapted.at < timedelta(days=WAITING_DAYS):
        if rng.random() < 0.4 and adapted.edited:
            db.session.add(
                AdaptationComment(
                    adaptation_id=row.id,
                    page=1,
                    person_id=reviewer.id,
                    text=_SAID,
                    at=adapted.at + timedelta(hours=20),
                )
            )
        return
    decided = adapted.at + timedelta(days=rng.randint(1, 9))
    row.decided_at, row.decided_by_id = decided, reviewer.id
    successor = loaded.versions.get((adapted.asset, adapted.version + 1))
    if successor is not None and adapted.edited:
        row.status, row.merging = Status.MERGED, Merging.DONE
        page = adapted.edited[0] - sum(gone < adapted.edited[0] for gone in adapted.dropped)
        row.merged_pages, row.merged_version_id = [page], successor
        note_step(row, Status.MERGED, by=reviewer, at=decided, pages=[page])
        return
    row.status, row.decision = Status.DECLINED, rng.choice(_NO)
    note_step(row, Status.DECLINED, by=reviewer, at=decided, text=row.decision)


def pages_of(adapted: Adapted, sample: Sample, deal: PlayedDeal) -> list[Block]:
    """The blocks of the file that the rep made: some left out, some reworded for the customer."""
    return [
        _reworded(block, deal, first=number == 1) if number in adapted.edited else block
        for number, block in enumerate(sample.pages(adapted.version), 1)
        if number not in adapted.dropped
    ]


def _reworded(block: Block, deal: PlayedDeal, *, first: bool) -> Block:
    """The words of the customer's industry, her currency, and her name on the first page."""
    place = _PLACES.get(deal.industry, "plant")
    swaps = [
        ("filling line", place),
        ("Filling line", place.capitalize()),
        (" line ", f" {place} "),
    ]
    if deal.currency != "EUR":
        swaps.append(("€", {"GBP": "£", "USD": "$"}.get(deal.currency, f"{deal.currency} ")))

    def change(text: str) -> str:
        for before, after in swaps:
            text = text.replace(before, after)
        return text

    made = replace(
        block,
        title=change(block.title),
        subtitle=change(block.subtitle),
        items=tuple(map(change, block.items)),
        paragraphs=tuple(map(change, block.paragraphs)),
    )
    if first or made == block:
        made = replace(made, title=f"{made.title} for {deal.account}")
    return made
