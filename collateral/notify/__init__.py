"""Notices: what a person is told in her inbox and, as a digest, by mail.

A feature declares the kinds of notice that it sends (`kinds.declare`) and calls
`operations.tell` in the transaction of the change that it tells of. A notice keeps plain
facts; its sentence and its address are made when somebody reads it, in her language.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """The count in the top bar."""
    from collateral.notify import queries

    app.jinja_env.globals["inbox_count"] = queries.unread_count
