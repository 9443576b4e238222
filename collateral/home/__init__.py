"""The first page after signing in: what each role comes for, and nothing else.

A rep sees her next calls and what to use in them, a marketer what waits for her, a
manager what the library does for sales. It adds no facts of its own.
"""

from __future__ import annotations

from flask import Flask


def init_app(_app: Flask) -> None:
    """Say what notices may speak of."""
    from collateral.home import scopes

    scopes.declare()
