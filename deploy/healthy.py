"""Ends with 0 where the web process in this container answers: the health check of the image.

Nothing but the standard library, because it runs every few seconds.
"""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

TIMEOUT = 2  # seconds


def answers(port: int) -> bool:
    """Whether `/healthz` answers on this machine, asked under the one host name that it has."""
    host = urlsplit(os.environ.get("BASE_URL") or "http://127.0.0.1").hostname or "127.0.0.1"
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers(int(sys.argv[1]) if len(sys.argv) > 1 else 8000) else 1)
