"""Structured logs: one event a line, as JSON, with the request's id.

Use the module's own logger with a fixed event name and values as fields:
`log.info("version_ready", extra={"version": 12})`. Secrets are never passed.
"""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")

COUNTING = "counting"
"""The name of a handler that writes nothing: it stays, whoever configures logs after it."""

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line of JSON; control characters arrive escaped."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            "request": request_id.get(),
        }
        line |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=True)


def configure(level: str) -> None:
    """Send every log of this process to standard error in our form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler, *(each for each in root.handlers if each.name == COUNTING)]
    root.setLevel(level)
    logging.getLogger("huey").setLevel("WARNING")
    # The steps of a migration stay, its plug-ins are of no interest to anybody.
    logging.getLogger("alembic.runtime.plugins").setLevel("WARNING")
