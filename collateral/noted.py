"""The last of each kind of thing that happened, where a page only tells of it.

Kept where the queue is (a SQLite file, or Redis), beside any transaction, and may be lost with
it. What must last is a row.
"""

from __future__ import annotations

import logging
from typing import Any

from collateral.queue import queue

log = logging.getLogger(__name__)


def note(what: str, facts: dict[str, str]) -> None:
    """Keep the facts in place of those noted before. Raises nothing."""
    try:
        queue().huey.put(_key(what), facts)
    except Exception:
        log.exception("not_noted", extra={"what": what})


def noted(what: str) -> dict[str, str] | None:
    """What was noted last; None where nothing was, or where it cannot be asked for."""
    try:
        facts: Any = queue().huey.get(_key(what), peek=True)
    except Exception:
        log.exception("note_not_known", extra={"what": what})
        return None
    return facts if isinstance(facts, dict) else None


def _key(what: str) -> str:
    return f"noted:{what}"
