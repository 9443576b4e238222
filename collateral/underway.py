"""How far a job is, told beside its transaction: what is not committed nobody else can read.

It is kept where the queue is (a SQLite file, or Redis) and may be lost with it; nothing but a
page that shows it hangs on it.

    underway.tell(f"import:{run.id}", 42_000, 100_000)
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from collateral.queue import queue

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Underway:
    """So many of so many parts are done; `total` is at least one and at least `done`."""

    done: int
    total: int

    @property
    def share(self) -> float:
        return self.done / self.total


def tell(what: str, done: int, total: int) -> None:
    """Say how far `what` is. Raises nothing: the work is more than the telling."""
    try:
        queue().huey.put(_key(what), [done, total])
    except Exception:
        log.exception("progress_not_told", extra={"what": what})


def told(what: str) -> Underway | None:
    """How far it is; None when nothing was said, or it is over."""
    try:
        kept = queue().huey.get(_key(what), peek=True)
    except Exception:
        log.exception("progress_not_known", extra={"what": what})
        return None
    return Underway(kept[0], max(1, *kept)) if kept else None


def over(what: str) -> None:
    """Forget what was told of it. Raises nothing."""
    try:
        queue().huey.get(_key(what))
    except Exception:
        log.exception("progress_not_forgotten", extra={"what": what})


def _key(what: str) -> str:
    return f"underway:{what}"
