"""What was said of the pages of an adaptation, and which of them were declined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from collateral.accounts.models import Person
from collateral.adaptations.models import AdaptationComment, AdaptationStep, Status


@dataclass(frozen=True)
class Remark:
    """A comment with its replies."""

    id: int
    by: Person
    at: datetime
    text: str
    replies: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Refusal:
    """A page that was declined, and why."""

    by: Person
    at: datetime
    text: str


def remarks_by_page(comments: Sequence[AdaptationComment]) -> dict[int | None, list[Remark]]:
    found: dict[int | None, list[Remark]] = defaultdict(list)
    by_id: dict[int, Remark] = {}
    for said in comments:
        remark = Remark(said.id, said.person, said.at, said.text)
        by_id[said.id] = remark
        parent = by_id.get(said.parent_id or 0)
        (parent.replies if parent else found[said.page]).append(remark)
    return found


def refusals_by_page(steps: Sequence[AdaptationStep]) -> dict[int, Refusal]:
    return {
        int(page): Refusal(step.person, step.at, step.text)
        for step in steps
        if step.status is Status.DECLINED
        for page in step.pages
    }
