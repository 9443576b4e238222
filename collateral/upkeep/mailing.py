"""How mail goes out, and whether it does."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from collateral.clock import now
from collateral.noted import note, noted
from collateral.words import N_, Sentence, from_text, to_text

LONGEST = 300  # characters of what a server said

_SENT, _FAILED = "mail-sent", "mail-failed"


@dataclass(frozen=True)
class Way:
    """How mails go out. Without a server they are written to `folder`."""

    server: str
    """HOST:PORT, empty where none is set."""
    encrypted: bool
    """Whether from the first byte; else as soon as the server offers it."""
    signs_in: bool
    sender: str
    folder: str


@dataclass(frozen=True)
class Failure:
    """The last mail that could not be handed over, and whether others went out since."""

    at: datetime
    why: str
    over: bool


def way() -> Way:
    """As MAIL_URL and MAIL_FROM say; no name and no password of the server is in it."""
    settings = current_app.extensions["settings"]
    url = urlsplit(settings.mail_url)
    encrypted = url.scheme == "smtps"
    server = f"{url.hostname or 'localhost'}:{url.port or (465 if encrypted else 25)}"
    return Way(
        server if settings.mail_url else "",
        encrypted,
        bool(url.username),
        settings.mail_from,
        str(settings.home / "mail"),
    )


def note_sent(_message: EmailMessage) -> None:
    note(_SENT, {"at": now().isoformat()})


def note_failure(_message: EmailMessage, error: Exception) -> None:
    note(_FAILED, {"at": now().isoformat(), "why": to_text(why(error))})


def last_sent() -> datetime | None:
    facts = noted(_SENT)
    return datetime.fromisoformat(facts["at"]) if facts else None


def last_failure() -> Failure | None:
    """None where every mail since the queue was made was handed over."""
    facts = noted(_FAILED)
    if facts is None:
        return None
    at, since = datetime.fromisoformat(facts["at"]), last_sent()
    return Failure(at, from_text(facts["why"]), since is not None and since > at)


def why(error: Exception) -> Sentence:
    """What went wrong, for an admin. The server's own words are in it, no password ever is."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Sentence(N_("The mail server refuses our name or password."))
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers: Any = list(error.recipients.values())
        return Sentence(
            N_("The mail server refuses the recipient: %(answer)s"),
            {"answer": _said(answers[0][1])},
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return Sentence(
            N_("The mail server refuses: %(answer)s"), {"answer": _said(error.smtp_error)}
        )
    if isinstance(error, OSError):
        return Sentence(
            N_("The mail server cannot be reached: %(answer)s"),
            {"answer": _said(error.strerror or str(error) or type(error).__name__)},
        )
    return Sentence(N_("The mail could not be made. The log says why."))


def _said(words: str | bytes) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return " ".join(text.split())[:LONGEST]
