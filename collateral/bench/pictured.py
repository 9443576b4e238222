"""An asset of the library with real pictures in storage; those of a made one are names alone."""

from __future__ import annotations

import io

from sqlalchemy import select

from collateral.assets.models import Asset, AssetVersion, Status
from collateral.db import db
from collateral.storage import storage

WIDTHS = (320, 1280)


def pictured() -> Asset:
    """The first published asset, every page with one drawn picture in both widths. Commits."""
    asset = db.session.scalars(
        select(Asset).where(Asset.status == Status.PUBLISHED).order_by(Asset.id).limit(1)
    ).one()
    small, large = (storage().put(io.BytesIO(picture(width))).sha256 for width in WIDTHS)
    version = db.session.get_one(AssetVersion, asset.current_version_id)
    for page in version.pages:
        page.preview_320, page.preview_1280 = small, large
    db.session.commit()
    return asset


def picture(width: int) -> bytes:
    """A slide's picture as WebP: lines where words would be, and a shape."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (width, width * 9 // 16), "white")
    draw = ImageDraw.Draw(image)
    for line in range(4, 40, 2):
        end = width * (30 + line * 7 % 60) // 100
        draw.line((width // 12, width * line // 80, end, width * line // 80), fill="#345", width=3)
    draw.ellipse((width * 2 // 3, width // 4, width * 9 // 10, width // 2), fill="#c75")
    made = io.BytesIO()
    image.save(made, "WEBP", quality=80)
    return made.getvalue()
