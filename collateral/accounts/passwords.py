"""How passwords are chosen, kept and compared: argon2id with 64 MiB and three passes."""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

MIN_LENGTH = 10
MAX_LENGTH = 128
MIN_DIFFERENT = 5

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
# Each hash takes 64 MiB while it is made: a burst of sign-ins waits instead of filling the memory.
_at_once = threading.BoundedSemaphore(2)

# Of a random password that nobody kept: an unknown account takes as long as a known one.
DUMMY_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$FI5bi/53crkmZJRN1DW06A"
    "$iWBYKsRHbUE+CZlDMkXgwX7fpRlr/shVsEHb3DXkUa8"
)


def normal(password: str) -> str:
    """One spelling for what looks the same, whatever keyboard made it."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """The hash to be stored."""
    with _at_once:
        return HASHER.hash(normal(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether this is the password. Takes as long where there is none to compare with."""
    with _at_once:
        try:
            HASHER.verify(stored or DUMMY_HASH, normal(password)[:MAX_LENGTH])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None and len(normal(password)) <= MAX_LENGTH


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def problem(password: str, *, email: str = "", name: str = "") -> LazyString | None:
    """Why this password cannot be taken, in one sentence; None when it can."""
    password = normal(password)
    if len(password) < MIN_LENGTH:
        return _("A password needs at least %(least)s characters.", least=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        return _("A password may have at most %(most)s characters.", most=MAX_LENGTH)
    plain = password.casefold()
    if plain in common():
        return _("This password is on the lists that attackers try first. Choose another.")
    if len(set(plain)) < MIN_DIFFERENT:
        return _("A password needs at least %(least)s different characters.", least=MIN_DIFFERENT)
    own = {email.casefold(), email.casefold().partition("@")[0], name.casefold(), "collateral"}
    left = plain
    for word in sorted((word for word in own if len(word) >= 4), key=len, reverse=True):
        left = left.replace(word, "")
    if len(left) < 4:
        return _("This password is too close to your name or e-mail. Choose another.")
    return None


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """Passwords that attackers try first, lower case."""
    text = resources.files("collateral.accounts").joinpath("data/common_passwords.txt").read_text()
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
