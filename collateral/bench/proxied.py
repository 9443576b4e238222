"""nginx before the web, as deploy/nginx.conf has it: kept files are sent by nginx itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from collateral.bench.serving import answering, free_port
from collateral.config import ROOT

SENT_BY_PROXY = "/kept/"
"""What SEND_FILES is set to."""
_PLACES = ("nginx", "/usr/sbin/nginx", str(ROOT / "build/nginx/usr/sbin/nginx"))
_SETTINGS = """
{user}
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes 1;
daemon off;
events {{ worker_connections 64; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream collateral {{ server 127.0.0.1:{web}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    location {kept} {{ internal; alias {files}/; }}
    location / {{ proxy_pass http://collateral; }}
  }}
}}
"""


def program() -> str | None:
    """nginx, where it is installed."""
    return next(filter(None, map(shutil.which, _PLACES)), None)


@contextmanager
def proxy(nginx: str, web: int, files: Path) -> Iterator[HTTPConnection]:
    """A connection to nginx, which asks the web at that port and sends what lies in `files`."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
        settings = Path(folder) / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        settings.write_text(
            _SETTINGS.format(
                user=user, folder=folder, web=web, port=port, kept=SENT_BY_PROXY, files=files
            )
        )
        process = subprocess.Popen([nginx, "-p", folder, "-c", str(settings)])
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            answering(connection, process)
            yield connection
        finally:
            connection.close()
            process.terminate()
            process.wait(30)
