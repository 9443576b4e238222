"""What an installation has no use for is not loaded by the processes that run all the time.

Huey imports the clients of all stores that are installed: on the embedded side that is a fifth of
the memory of a process that never talks to any of them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collateral.config import Settings


def spare(settings: Settings) -> None:
    """Have the clients of Redis and PostgreSQL count as not installed in this process, as far as
    no setting names such a server. Before anything imports them."""
    modules = cast(dict[str, Any], sys.modules)
    if settings.queue_url.startswith("sqlite:"):
        modules.setdefault("redis", None)
    if settings.database_url.startswith("sqlite:"):
        modules.setdefault("psycopg", None)
