"""Writing down for each webhook what it is to be told, in the transaction of what happens."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from collateral.db import db, upsert
from collateral.notify.delivering import deliver
from collateral.notify.happenings import Happening
from collateral.notify.kinds import Facts
from collateral.notify.models import Delivery, WebhookOut
from collateral.queue import after_commit

BATCH = 200


@dataclass(frozen=True)
class Happened:
    """One happening. `facts`: ids, titles and single words, and nothing else. `once` (at most 120
    characters) is the same when the same happening is announced again."""

    facts: Facts
    at: datetime
    once: str | None = None


def announce(happening: Happening, facts: Facts, at: datetime) -> None:
    """Tell the webhooks that ask for it. The caller commits; then it is sent."""
    announce_all(happening, [Happened(facts, at)])


def announce_all(happening: Happening, happened: Sequence[Happened]) -> None:
    """The same for many. A webhook is told of nothing that happened before it was made.

    One query where nobody asks for it; else two, and an INSERT for each 200 messages.
    """
    with db.session.no_autoflush:
        active = db.session.execute(
            select(
                WebhookOut.id, WebhookOut.created_at, WebhookOut.kinds, WebhookOut.failing_since
            ).where(WebhookOut.active)
        ).all()
    asking = [webhook for webhook in active if happening.name in webhook.kinds]
    if not asking or not happened:
        return
    known = _known(happening, happened)
    write_down(
        [
            message(webhook.id, happening, each)
            for webhook in asking
            for each in happened
            if each.at >= webhook.created_at and (webhook.id, each.once) not in known
        ],
        # One that is down is asked by the minute, and not for all that happens.
        {webhook.id for webhook in asking if webhook.failing_since is None},
    )


def _known(happening: Happening, happened: Sequence[Happened]) -> set[tuple[int, str | None]]:
    """Which of these were announced to whom before."""
    if all(each.once is None for each in happened):
        return set()
    rows = db.session.execute(
        select(Delivery.webhook_id, Delivery.once).where(
            Delivery.at >= min(each.at for each in happened),
            Delivery.kind == happening.name,
            Delivery.once.is_not(None),
        )
    )
    return {(row.webhook_id, row.once) for row in rows}


def message(webhook_id: int, happening: Happening, each: Happened) -> dict[str, Any]:
    """The row of a message to one webhook."""
    return {
        "webhook_id": webhook_id,
        "key": f"msg_{secrets.token_urlsafe(24)}",
        "kind": happening.name,
        "once": each.once,
        "facts": dict(each.facts),
        "at": each.at,
        "next_at": each.at,
    }


def write_down(rows: Sequence[dict[str, Any]], at_once: Collection[int]) -> None:
    """Have these messages sent: to webhooks in `at_once` after the commit, to others in time."""
    for start in range(0, len(rows), BATCH):
        db.session.execute(
            upsert(Delivery)
            .values(rows[start : start + BATCH])
            .on_conflict_do_nothing(index_elements=["webhook_id", "kind", "once"])
        )
    for webhook_id in {row["webhook_id"] for row in rows}.intersection(at_once):
        after_commit(deliver, webhook_id)
