"""Pure rules: how long a guess must wait, which network an address is of, where one may be sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import unquote


@dataclass(frozen=True)
class Patience:
    """So many failures are free; then the wait doubles from one second up to `longest`."""

    free: int
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long after the last of so many failures the next try may come."""
        if failures < self.free:
            return timedelta(0)
        # Beyond 2^20 seconds every cap has long been reached.
        return min(timedelta(seconds=2 ** min(failures - self.free, 20)), self.longest)

    def left(self, failures: int, last: datetime | None, at: datetime) -> timedelta:
        """What is left of that wait."""
        if last is None:
            return timedelta(0)
        return max(last + self.wait(failures) - at, timedelta(0))


def network_of(address: str | None) -> str:
    """The address for IPv4; the /64 for IPv6, where one household has as many as it likes."""
    try:
        ip = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ip_network(f"{ip}/64", strict=False))
    return str(ip)


_STRANGE = re.compile(r"[\x00-\x1f\x7f\\]")


def safe_next(target: str | None) -> str | None:
    """The target when it is a path of ours, else None. Browsers read `\\` as `/` and skip tabs."""
    if not target or len(target) > 2000:
        return None
    path = target.partition("?")[0]
    # Once more unquoted, for whatever on the way unquotes it before a browser reads it.
    for form in (target, unquote(path)):
        if not form.startswith("/") or form.startswith("//") or _STRANGE.search(form):
            return None
    return target


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> tuple[str, str]:
    """What people call the browser and the system ("Firefox", "Windows"); "" where unknown.

    The order matters: nearly every browser also claims to be those after it.
    """
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return browser, system
