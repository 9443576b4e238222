"""A real S3 server for the time of a test session."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WEED = Path(sys.executable).parent / "weed"
KEY, SECRET = "collateral-tests", "not a secret at all"
KEYS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
PARTS = ("master", "volume", "filer", "s3")


def _free_port() -> int:
    """One below 50,000 that is free, and so is the one 10,000 above, which goes with it."""
    while True:
        with socket.socket() as probe, socket.socket() as beside:
            probe.bind(("127.0.0.1", 0))
            port = 20_000 + probe.getsockname()[1] % 20_000
            try:
                beside.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            with socket.socket() as again:
                if again.connect_ex(("127.0.0.1", port)) != 0:
                    return port


def free_ports() -> dict[str, int]:
    """One for each part of a server."""
    return {name: _free_port() for name in PARTS}


def make_bucket(address: str, name: str) -> None:
    """Make it, as soon as the server's parts have found each other."""
    import boto3
    from botocore.exceptions import ClientError

    client = boto3.client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )
    for _ in range(150):
        try:
            client.create_bucket(Bucket=name)
            break
        except ClientError:
            time.sleep(0.2)
    else:
        raise RuntimeError("The S3 server makes no bucket.")
    client.close()


@contextmanager
def s3_server(folder: Path, ports: dict[str, int] | None = None) -> Iterator[str]:
    """The address of a server that keeps its files in `folder`, and finds there what one kept that
    was at the same `ports` before."""
    ports = ports or free_ports()
    identities = folder / "identities.json"
    identities.write_text(
        json.dumps(
            {
                "identities": [
                    {
                        "name": "tests",
                        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
                        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                    }
                ]
            }
        )
    )
    command = [
        str(WEED), "server", "-s3", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}",
        f"-master.port={ports['master']}", f"-volume.port={ports['volume']}",
        f"-filer.port={ports['filer']}", f"-s3.port={ports['s3']}", f"-s3.config={identities}",
        "-master.volumeSizeLimitMB=64", "-volume.max=100", "-s3.port.iceberg=0", "-s3.port.lance=0",
    ]  # fmt: skip
    log = (folder / "log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    address = f"http://127.0.0.1:{ports['s3']}"
    try:
        _wait(process, ports["s3"], folder / "log")
        yield address
    finally:
        # Asked politely it waits for half a minute; nobody wants what it holds any more.
        process.kill()
        process.wait()
        log.close()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"The S3 server ended: {log.read_text('utf-8', 'replace')[-2000:]}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("The S3 server did not answer within a minute.")
