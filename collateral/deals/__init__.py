"""Deals: the opportunities of the CRM, their stages and outcomes, and how they come in.

A deal is known by its source and the id that it has there, so that the same file read
twice changes nothing. What a person may see of them is decided in `queries.visible`.
"""

from __future__ import annotations

from flask import Flask


def init_app(_app: Flask) -> None:
    """Files of imports that are not done yet are kept like those of assets."""
    from collateral.assets import blobs
    from collateral.deals import gone  # noqa: F401  from now on no read finds what is gone
    from collateral.deals.models import ImportRun

    blobs.refer(ImportRun.sha256)
