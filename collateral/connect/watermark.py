"""How far the changes of a CRM are in. Pure.

Changes are read in the order of the moments that the CRM's own clock gave them, so that whatever
was read, all before it was read, too, but for this: a change may be dated before it can be seen
(a long transaction, a search index that is behind). So each pass begins `OVERLAP` before where the
last one ended. A pass that was broken off goes on exactly where it stopped, else a page with very
many changes of one moment would never be passed; the pass after it then goes back to before the
first break.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

OVERLAP = timedelta(minutes=15)


@dataclass(frozen=True)
class Watermark:
    """`since`: where the next pass begins, before its overlap; None is at the beginning.

    `at` and `id`: the last that was read in this pass, None where none is under way.
    `broken`: where this pass was first broken off.
    """

    since: str | None = None
    at: str | None = None
    id: str = ""
    broken: str | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Watermark:
        return cls(**(kept or {}))

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    def begin(self) -> Watermark:
        """Where to read on from at the beginning of a run."""
        if self.at is not None:
            return replace(self, broken=self.broken or self.at)
        if self.since is None:
            return self
        before = datetime.fromisoformat(self.since) - OVERLAP
        return replace(self, at=before.isoformat(timespec="milliseconds"), id="")

    def passed(self, at: str, id: str = "") -> Watermark:
        """Everything up to this one is in."""
        return replace(self, at=at, id=id)

    def end(self) -> Watermark:
        """The pass is complete."""
        reached = [moment for moment in (self.broken or self.at, self.since) if moment]
        return Watermark(since=max(reached, key=datetime.fromisoformat, default=None))
