"""nginx or Caddy in front of several web processes, by the samples in deploy/."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from collateral.config import ROOT

SAMPLE = ROOT / "deploy" / "nginx.conf"
PLACES = ("nginx", "/usr/sbin/nginx", str(ROOT / "build" / "nginx" / "usr" / "sbin" / "nginx"))
# What a system's own nginx.conf has around the sample, here in a folder of its own.
AROUND = """
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
daemon off;
events {{ worker_connections 512; }}
http {{
  types {{
    text/html html; text/css css; text/javascript js; image/svg+xml svg; font/woff2 woff2;
  }}
  default_type application/octet-stream;
  log_format tries '$request_method $status $upstream_status $upstream_addr';
  access_log {folder}/access.log tries;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{sample}
}}
"""


def program() -> str:
    """The path of nginx. Raises RuntimeError where there is none."""
    found = os.environ.get("NGINX") or next(filter(None, map(shutil.which, PLACES)), None)
    if found is None:
        raise RuntimeError("nginx is missing; run tools/need-nginx.sh")
    return found


def configured(folder: Path, port: int, webs: list[int], files: Path | None = None) -> str:
    """The sample with these ports, this checkout's static files and no TLS.

    Whatever the sample does not say as expected here is an error.
    """
    servers = "\n".join(f"server 127.0.0.1:{web} max_fails=1 fail_timeout=10s;" for web in webs)
    sample = changed(
        SAMPLE,
        (r"server 127\.0\.0\.1:8000 max_fails=1 fail_timeout=10s;", servers),
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        (r"server_name collateral\.example\.com;", "server_name _;"),
        (r"ssl_certificate +\S+;", ""),
        (r"ssl_certificate_key +\S+;", ""),
        (r"/opt/collateral/static/", f"{ROOT}/static/"),
        (r"/var/lib/collateral/files/", f"{files or folder / 'none'}/"),
    )
    user = "user root;" if os.geteuid() == 0 else ""
    return AROUND.format(user=user, folder=folder, sample=sample)


def changed(sample: Path, *changes: tuple[str, str]) -> str:
    """Its text, each pattern of which was found once."""
    text = sample.read_text("utf-8")
    for pattern, new in changes:
        text, times = re.subn(pattern, new, text)
        assert times == 1, f"{sample.name} has {times} of {pattern}"
    return text


@dataclass
class Proxy:
    """A running nginx; what it answered and whom it asked for that."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self, port: int, webs: list[int], files: Path | None = None) -> None:
        self.folder.mkdir(exist_ok=True)
        config = self.folder / "nginx.conf"
        config.write_text(configured(self.folder, port, webs, files), "utf-8")
        self.run([program(), "-p", str(self.folder), "-c", str(config)])

    def run(self, command: list[str]) -> None:
        environ = {**os.environ, "HOME": str(self.folder)}
        with (self.folder / "output.log").open("ab") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=output, env=environ, start_new_session=True
            )

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
            self.process = None

    def answers(self) -> list[tuple[str, int, list[str]]]:
        """Method, status, and the web processes that were asked, of each request so far."""
        lines = (self.folder / "access.log").read_text("utf-8").splitlines()
        found = []
        for line in lines:
            method, status, rest = line.split(" ", 2)
            found.append((method, int(status), re.findall(r"127\.0\.0\.1:\d+", rest)))
        return found

    def shares(self) -> Counter[str]:
        """How many requests each web process was asked."""
        return Counter(web for _, _, webs in self.answers() for web in webs)


@dataclass
class Caddy(Proxy):
    """The same by Caddy, where it is installed."""

    def start(self, port: int, webs: list[int], files: Path | None = None) -> None:
        self.folder.mkdir(exist_ok=True)
        sample = changed(
            SAMPLE.with_name("Caddyfile"),
            (r"(?m)^collateral\.example\.com \{", f"http://127.0.0.1:{port} {{"),
            (r"reverse_proxy 127\.0\.0\.1:8000 ", f"reverse_proxy {_addresses(webs)} "),
            (r"/opt/collateral/static", f"{ROOT}/static"),
            (r"/var/lib/collateral/files", str(files or self.folder / "none")),
        )
        config = self.folder / "Caddyfile"
        config.write_text("{\n\tadmin off\n}\n" + sample, "utf-8")
        found = os.environ.get("CADDY") or shutil.which("caddy")
        assert found, "Caddy is not installed"
        self.run([found, "run", "--adapter", "caddyfile", "--config", str(config)])


def _addresses(webs: list[int]) -> str:
    return " ".join(f"127.0.0.1:{web}" for web in webs)
