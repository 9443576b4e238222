"""Assets, their versions and pages, and the words that describe them.

An asset carries the metadata; a version is one immutable file of it; a page is
one slide of a version. Everything that a person reads here goes through
`queries.visible`, which leaves out what she may not see.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Uploads flow straight into the store."""
    from collateral.assets import uploads

    uploads.init_app(app)
