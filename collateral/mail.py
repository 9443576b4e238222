"""Mail: sent where MAIL_URL says, else written to the home as `.eml`."""

from __future__ import annotations

import secrets
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

from blinker import Signal
from flask import current_app, render_template

from collateral.clock import now

sent = Signal("A mail was handed over. Its sender is the message.")
failed = Signal("One could not be. Its sender is the message, `error` says why.")


def compose(to: str, subject: str, template: str, **values: object) -> EmailMessage:
    """A mail from templates/mail/TEMPLATE.txt and, where there is one, TEMPLATE.html."""
    settings = current_app.extensions["settings"]
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = to
    # A line break in a title must not become a second header.
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(now())
    message["Message-ID"] = make_msgid(domain="collateral.invalid")
    values = {**values, "subject": subject, "base_url": settings.base_url}
    message.set_content(render_template(f"mail/{template}.txt", **values))
    html = Path(str(current_app.template_folder)) / "mail" / f"{template}.html"
    if html.exists():
        message.add_alternative(render_template(f"mail/{template}.html", **values), subtype="html")
    return message


def send(message: EmailMessage) -> None:
    """Hand the mail over; slow, so call it in a job.

    Raises OSError (all that smtplib raises is one): the server is not there, or refuses it.
    """
    try:
        _hand_over(message)
    except Exception as error:
        failed.send(message, error=error)
        raise
    sent.send(message)


def _hand_over(message: EmailMessage) -> None:
    settings = current_app.extensions["settings"]
    if not settings.mail_url:
        folder: Path = settings.home / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        # Two in the same moment are two files.
        name = f"{now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(3)}.eml"
        (folder / name).write_bytes(bytes(message))
        return
    url = urlsplit(settings.mail_url)
    host, port = url.hostname or "localhost", url.port or (465 if url.scheme == "smtps" else 25)
    client = (
        smtplib.SMTP_SSL(host, port, timeout=20, context=ssl.create_default_context())
        if url.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=20)
    )
    with client:
        if url.scheme == "smtp" and client.has_extn("starttls"):
            client.starttls(context=ssl.create_default_context())
        if url.username:
            client.login(unquote(url.username), unquote(url.password or ""))
        client.send_message(message)
