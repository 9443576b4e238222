"""What waits in the queue: how many messages, and for how long the oldest."""

from __future__ import annotations

import struct
import time
from typing import Any

from collateral.observing.gauges import gauge
from collateral.queue import PRIORITIES, queue

SENT = 3
"""Which argument of a message is the moment at which it was sent (`Queue.send`)."""
LOOKED_AT = 50
"""Periodic work carries no moment; more of it than this never stands before the rest."""


@gauge("queue_waiting", "Messages that wait in the queue.")
def waiting() -> float:
    return queue().waiting()


@gauge("queue_oldest_seconds", "For how long the oldest message of the queue waits.")
def oldest() -> float:
    huey = queue().huey
    if queue().url.startswith("sqlite:"):
        sent = _in_sqlite(huey)
    elif queue().url.startswith(("redis:", "rediss:")):
        sent = _in_redis(huey)
    else:
        sent = None
    return max(time.time() - sent, 0.0) if sent else 0.0


def _in_sqlite(huey: Any) -> float | None:
    rows = huey.storage.sql("select data from task order by id limit ?", (LOOKED_AT,), results=True)
    messages = (huey.deserialize_task(bytes(data)).args for (data,) in rows)
    return next((float(args[SENT]) for args in messages if len(args) > SENT), None)


def _in_redis(huey: Any) -> float | None:
    """Messages lie by priority, those of one by when they came, which stands before each."""
    storage = huey.storage
    firsts = [
        storage.conn.zrangebyscore(storage.queue_key, score, score, start=0, num=1)
        for score in (-priority for priority in PRIORITIES)
    ]
    moments = [struct.unpack(">Q", found[0][:8])[0] / 1e6 for found in firsts if found]
    return min(moments, default=None)
