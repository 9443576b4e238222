"""Looking after the library: whether all of it is whole, backups, and whether mail goes out."""

from __future__ import annotations

from flask import Flask

from collateral import mail
from collateral.upkeep import mailing


def init_app(app: Flask) -> None:  # noqa: ARG001
    mail.sent.connect(mailing.note_sent)
    mail.failed.connect(mailing.note_failure)
