"""What of sharing needs no database: who may enter, what a request was, what seconds count."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from werkzeug.datastructures import Headers

from collateral.sharing.models import Outcome
from collateral.usage.robots import is_robot

LONGEST_BEAT = timedelta(seconds=60)
"""The most that one message of a page adds; the page itself sends one every few seconds."""
LONGEST_ON_A_PAGE = timedelta(minutes=30)
SLACK = timedelta(seconds=2)

_ADDRESS = re.compile(r"[^@\s,;<>\"]{1,64}@(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}")
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")

# Programs that look at links in mails and chats. COUNTER's list knows most robots; these are
# named so that a rep reads what it was.
_SCANNERS = re.compile(
    r"safelinks|ms ?office|microsoft office|outlook-protection|barracuda|mimecast|proofpoint|"
    r"urldefense|symantec|fireeye|trendmicro|sophos|forcepoint|zscaler|ironport|"
    r"virustotal|urlscan|bitdefender|kaspersky",
    re.IGNORECASE,
)
_PREVIEWS = re.compile(
    r"slackbot|slack-img|whatsapp|telegrambot|facebookexternalhit|facebot|twitterbot|"
    r"linkedinbot|skypeuripreview|discordbot|bingpreview|googleimageproxy|yahoomailproxy|"
    r"embedly|iframely|teamsbot|applebot|redditbot|"
    r"pinterestbot|vkshare|google-pagerenderer|chat-preview",
    re.IGNORECASE,
)


def new_token() -> str:
    """256 random bits, as they stand in an address."""
    return secrets.token_urlsafe(32)


def normal_email(text: str) -> str:
    """The address in lower case; empty when it is none."""
    email = text.strip().lower()
    return email if len(email) <= 254 and _ADDRESS.fullmatch(email) else ""


def allow_list(text: str) -> tuple[list[str], list[str]]:
    """Addresses and domains of a list parted by commas, spaces or lines; and what is neither."""
    good: list[str] = []
    bad: list[str] = []
    for word in re.split(r"[\s,;]+", text.strip().lower()):
        entry = word.removeprefix("*").removeprefix("@") if "@" not in word[2:] else word
        if not entry:
            continue
        fits = len(entry) <= 254 and (_ADDRESS.fullmatch(entry) or _DOMAIN.fullmatch(entry))
        (good if fits else bad).append(entry if fits else word)
    return list(dict.fromkeys(good)), bad


def may_enter(email: str, allowed: Sequence[str], recipient: str) -> bool:
    """Whether the gate lets this address in.

    With a list, those on it, by address or by exactly that domain; without one the recipient
    alone; where no recipient's address is known, whoever proves one.
    """
    if not email:
        return False
    if allowed:
        return email in allowed or email.rpartition("@")[2] in allowed
    return email == recipient if recipient else True


def is_live(expires_at: datetime | None, revoked_at: datetime | None, at: datetime) -> bool:
    """Whether the link itself is neither switched off nor over."""
    return revoked_at is None and (expires_at is None or at < expires_at)


def outcome_of(method: str, headers: Headers, *, own: bool, asked: bool) -> Outcome:
    """What a request for the link's page is, before anybody gives a sign of reading it."""
    program = headers.get("User-Agent", "")
    purpose = " ".join(
        headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
    ).lower()
    if own:
        return Outcome.OWN_TEAM
    if _PREVIEWS.search(program) or "preview" in purpose:
        return Outcome.PREVIEW
    if "prefetch" in purpose or "prerender" in purpose:
        return Outcome.PREFETCH
    if _SCANNERS.search(program) or method != "GET" or not program.strip():
        return Outcome.SCANNER
    if is_robot(program):
        return Outcome.ROBOT
    return Outcome.ASKED if asked else Outcome.SILENT


def device_of(program: str) -> str:
    """phone, tablet or computer, by what the browser calls itself; empty when it does not say."""
    if re.search(r"ipad|tablet|android(?!.*mobile)", program, re.IGNORECASE):
        return "tablet"
    if re.search(r"mobi|iphone", program, re.IGNORECASE):
        return "phone"
    return "computer" if re.search(r"windows|mac os|x11|cros|linux", program, re.I) else ""


def counted_seconds(
    told: Mapping[int, float], since: datetime, at: datetime, before: Mapping[int, float]
) -> dict[int, float]:
    """The seconds that a message adds to each page.

    A page can only have been seen for as long as has passed since the last message, whatever
    the browser says, and for half an hour in all.

    Args:
        told: seconds by page, as the browser counted them.
        since: the last message, or the opening.
        before: what each page had.
    """
    room = min(at - since + SLACK, LONGEST_BEAT).total_seconds()
    added: dict[int, float] = {}
    for page, seconds in told.items():
        most = LONGEST_ON_A_PAGE.total_seconds() - before.get(page, 0.0)
        counted = round(min(float(seconds), room, most), 2)
        if counted > 0:
            added[page] = counted
            room -= counted
    return added


def is_colour(text: str) -> bool:
    """Whether it is a colour as we keep it: #0b6570."""
    return bool(_COLOUR.fullmatch(text))


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on the colour (WCAG's relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"


def where_it_went(
    number: int, title: str, text: str, pages: Iterable[tuple[int, str, str]]
) -> tuple[int | None, bool]:
    """The page of another version that this one became, and whether it says the same still.

    The same words come first, then the same title nearest to the old place. None when
    neither is there.

    Args:
        pages: number, title and text of the other version's pages.
    """
    there = list(pages)
    words = " ".join(text.split())
    same = [n for n, _, other in there if words and " ".join(other.split()) == words]
    if same:
        return min(same, key=lambda n: abs(n - number)), True
    name = " ".join(title.split()).casefold()
    named = [n for n, other, _ in there if name and " ".join(other.split()).casefold() == name]
    if named:
        return min(named, key=lambda n: abs(n - number)), False
    return None, False
