"""What is known of a document besides its words, as one record of numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from collateral.search.engines.protocol import Document

Ids = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

STATUSES = ("draft", "in_review", "published", "retired")
TEXT = ("title", "tags", "labels", "summary", "file", "owner", "body")
NEVER = 0
"""The day of what has none."""

FACTS: np.dtype[Any] = np.dtype(
    [
        ("id", "<u4"),
        ("owner", "<u4"),
        ("status", "u1"),
        ("limited", "u1"),
        ("published", "<f8"),
        ("deals", "<u4"),
        ("last_used", "<u4"),
        ("review_on", "<u4"),
        ("expires_on", "<u4"),
        *((f"length_{name}", "<u4") for name in TEXT),
    ]
)
"""Days are counted from the year 1, `published` in seconds from 1970, lengths in words."""


def pack(document: Document, lengths: dict[str, int]) -> bytes:
    """The document's numbers as one record."""
    record = np.zeros(1, FACTS)
    record["id"], record["owner"] = document.id, document.owner_id
    record["status"] = STATUSES.index(document.status)
    record["limited"] = bool(document.teams)
    record["published"], record["deals"] = document.published, document.deals
    record["last_used"] = day_number(document.last_used)
    record["review_on"] = day_number(document.review_on)
    record["expires_on"] = day_number(document.expires_on)
    for name, length in lengths.items():
        record[f"length_{name}"] = length
    return record.tobytes()


def day_number(day: date | None) -> int:
    """The day as it stands among the facts."""
    return day.toordinal() if day else NEVER
