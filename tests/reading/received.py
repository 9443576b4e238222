"""Versions that arrived and wait to be read."""

from __future__ import annotations

import io
from typing import Any

from collateral.accounts.models import Role
from collateral.assets import operations
from collateral.assets.models import AssetVersion
from collateral.assets.operations import Description
from collateral.clock import now
from collateral.db import db
from tests.factories import make_person


def receive(data: bytes, name: str = "deck.pptx", **description: Any) -> AssetVersion:
    received = operations.receive(io.BytesIO(data), name)
    asset = operations.create_asset(
        received, by=make_person(Role.MARKETER), at=now(), description=Description(**description)
    )
    db.session.commit()
    assert asset.current_version is not None
    return asset.current_version


def again(version: AssetVersion) -> AssetVersion:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(AssetVersion, version.id)
