"""Where a message to another system may go. Pure.

The rules are those of OWASP's Server-Side Request Forgery Prevention Cheat Sheet: what counts is
the number of the machine that is dialled, not how its name is spelt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _

from collateral.errors import Invalid

LONGEST = 500
PORTS = {"http": 80, "https": 443}

Number = IPv4Address | IPv6Address
Networks = Iterable[IPv4Network | IPv6Network]

_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# The last part has a letter and is no hexadecimal number: else it would be read as a number.
_NAME = re.compile(rf"({_LABEL}\.)*(?!0x[0-9a-f]*$)(?=[a-z0-9-]*[a-z]){_LABEL}")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")  # RFC 8215


@dataclass(frozen=True)
class Place:
    """An address taken apart."""

    scheme: str
    host: str
    """A name, or a number without brackets."""
    port: int
    target: str
    """Path and query."""

    @property
    def named(self) -> str:
        """What stands in the head `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def parse(text: str, allowed: Networks = ()) -> Place:
    """The place that an address names.

    Args:
        allowed: networks that may be reached though they are not public, there on any port.

    Raises:
        Invalid: it is no plain address of HTTP, or is known not to be reached.
    """
    place = _parse(text)
    if place is None:
        raise _refused(_("Give a plain address such as https://hooks.example.com/collateral."))
    allowed = tuple(allowed)
    if place.port not in PORTS.values() and not allowed:
        raise _refused(_("Only the ports 80 and 443 are called."))
    number = number_of(place.host)
    if number is not None and not may_reach(number, place.port, allowed):
        raise _refused(_("This address is not public."))
    return place


def _refused(sentence: object) -> Invalid:
    return Invalid(sentence, fields={"address": sentence})


def _parse(text: str) -> Place | None:
    if len(text) > LONGEST or not _PRINTABLE.fullmatch(text) or "\\" in text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in PORTS or "@" in parts.netloc or parts.fragment or "%" in host:
        return None
    if number_of(host) is None and not (len(host) <= 253 and _NAME.fullmatch(host)):
        return None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, PORTS[parts.scheme] if port is None else port, target)


def number_of(host: str) -> Number | None:
    """The number that a host is written as; None for a name, and for a number in another form."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def may_reach(number: Number, port: int, allowed: Networks = ()) -> bool:
    """Whether this machine may be dialled on that port: it is public, or allowed by name."""
    if any(number in network for network in allowed):
        return True
    return port in PORTS.values() and all(_public(each) for each in _meant(number))


def _public(number: Number) -> bool:
    site_local = isinstance(number, IPv6Address) and number.is_site_local
    return (
        number.is_global
        and not number.is_multicast
        and not number.is_reserved
        and not number.is_unspecified
        and not site_local
    )


def _meant(number: Number) -> list[Number]:
    """The number, and those of version 4 that are wrapped in it. One that is wrapped plainly
    stands for the other alone."""
    if isinstance(number, IPv4Address):
        return [number]
    if number.ipv4_mapped:
        return [number.ipv4_mapped]
    if number in _NAT64 or number in _NAT64_LOCAL:
        return [IPv4Address(int(number) & 0xFFFFFFFF)]
    if number.sixtofour:
        return [number, number.sixtofour]
    if number.teredo:
        return [number, *number.teredo]
    if int(number) >> 32 == 0:  # ::a.b.c.d, no longer in use (RFC 4291, 2.5.5.1)
        return [number, IPv4Address(int(number))]
    return [number]
