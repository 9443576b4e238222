"""How PostgreSQL answers the statements of a page: its plans, and the indexes that none uses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, text

from collateral.db import db

READS = ("select", "with")
SHOWN = 110


@dataclass
class Statements:
    """What was sent within a block: each statement once, with the values of its first time."""

    values: dict[str, Any] = field(default_factory=dict)
    sent: int = 0
    """How many there were, each time counted."""


@contextmanager
def noted() -> Iterator[Statements]:
    """The statements that read within the block."""
    found = Statements()

    def note(_connection: Any, _cursor: Any, said: str, values: Any, *_more: Any) -> None:
        found.sent += 1
        if said.lstrip().lower().startswith(READS):
            found.values.setdefault(said, values)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def explained(statements: Statements, *, least: float = 1.0) -> list[dict[str, Any]]:
    """Each statement with its milliseconds and what it reads by; the slowest first.

    Args:
        least: those that take fewer milliseconds are left out.
    """
    found = []
    with db.engine.connect() as connection:
        for said, values in statements.values.items():
            answer = connection.exec_driver_sql(
                f"explain (analyze, timing off, format json) {said}", values
            ).scalar_one()
            told = answer if isinstance(answer, list) else json.loads(answer)
            spent = told[0]["Planning Time"] + told[0]["Execution Time"]
            if spent >= least:
                found.append(
                    {
                        "statement": " ".join(said.split())[:SHOWN],
                        "milliseconds": round(spent, 1),
                        "planning": round(told[0]["Planning Time"], 1),
                        "reads": sorted(set(_reads(told[0]["Plan"]))),
                    }
                )
    return sorted(found, key=lambda one: -one["milliseconds"])


def _reads(node: dict[str, Any]) -> Iterator[str]:
    kind = str(node["Node Type"])
    if "Scan" in kind and node.get("Actual Loops") != 0:
        by = node.get("Index Name") or node.get("Relation Name") or node.get("CTE Name") or ""
        yield f"{kind} {by}".strip()
    for inner in node.get("Plans", ()):
        yield from _reads(inner)


def unused_indexes() -> list[str]:
    """Indexes of ours that nothing has read by since the statistics began; keys are left out."""
    with db.engine.connect() as connection:
        return list(
            connection.execute(
                text(
                    "select s.indexrelname || ' ' || pg_size_pretty(pg_relation_size(s.indexrelid))"
                    " from pg_stat_user_indexes s join pg_index i using (indexrelid)"
                    " where s.schemaname = 'public' and s.idx_scan = 0 and not i.indisunique"
                    " order by pg_relation_size(s.indexrelid) desc, s.indexrelname limit 60"
                )
            ).scalars()
        )


def server_processor() -> float:
    """Seconds of processor that the server's processes for this database have used; 0 where the
    server is on another machine."""
    import psutil

    with db.engine.connect() as connection:
        found = connection.execute(
            text("select pid from pg_stat_activity where datname = current_database()")
        ).scalars()
        used = 0.0
        for pid in found:
            with suppress(psutil.Error):
                process = psutil.Process(pid)
                if process.name().startswith("postgres"):
                    times = process.cpu_times()
                    used += times.user + times.system
    return used
