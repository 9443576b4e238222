"""A program that uses the API through the proxy, and tries each request at most twice."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class Unanswered(Exception):
    """Tried twice, in vain."""


@dataclass
class Caller:
    """`again` are the calls that were tried a second time, and why."""

    url: str
    token: str
    again: list[str] = field(default_factory=list)

    def get(self, path: str) -> dict[str, Any]:
        return self._call("GET", path)

    def upload(self, path: Path, **fields: str) -> dict[str, Any]:
        """The asset as which the file was taken in."""
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{path.name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        )
        body = "".join([*parts, head]).encode() + path.read_bytes()
        return self._call(
            "POST",
            "/assets",
            body + f"\r\n--{boundary}--\r\n".encode(),
            {
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Idempotency-Key": uuid.uuid4().hex,
            },
        )

    def until_ready(self, *asset_ids: int, within: float) -> None:
        """Wait until their files are read. Raises Unanswered after so many seconds, and where one
        has failed."""
        end, waiting = time.monotonic() + within, set(asset_ids)
        while waiting:
            for asset in [self.get(f"/assets/{asset_id}") for asset_id in sorted(waiting)]:
                state = asset["versions"][0]["state"]
                if state not in {"received", "reading", "ready"} or time.monotonic() > end:
                    raise Unanswered(f"{asset['id']} is {state}; not read are {waiting}")
                if state == "ready":
                    waiting.discard(asset["id"])
            time.sleep(0.3)

    def _call(
        self, method: str, path: str, body: bytes | None = None, more: dict[str, str] | None = None
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", **(more or {})}
        why = ""
        for _ in range(2):
            request = urllib.request.Request(
                f"{self.url}/api/v1{path}", body, headers, method=method
            )
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    found: dict[str, Any] = json.load(answer)
                    return found
            except urllib.error.HTTPError as error:
                with error:
                    why = f"{method} {path}: {error.code} {error.read()[:300]!r}"
                if error.code < 500:
                    raise Unanswered(why) from error
            except OSError as error:
                why = f"{method} {path}: {error}"
            self.again.append(why)
        raise Unanswered(why)
