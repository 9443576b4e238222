"""Clearing up what interrupted uploads left behind."""

from __future__ import annotations

import logging

from collateral.assets import blobs
from collateral.db import db
from collateral.queue import every
from collateral.storage import storage

log = logging.getLogger(__name__)


@every(minutes=60)
def sweep_files() -> None:
    """Remove half-received files, and kept ones that no row names, when older than an hour."""
    half = storage().sweep()
    orphans = blobs.remove_orphans()
    db.session.rollback()  # nothing was written
    if half or orphans:
        log.info("files_swept", extra={"half_received": half, "orphans": orphans})
