"""Pictures as files: a scene becomes a JPEG of the size asked for."""

from __future__ import annotations

import io
import re
from random import Random

from collateral.demo.files import (
    fonts,
    scenes_europe,  # noqa: F401  (it adds its scene)
    scenes_trade,  # noqa: F401  (it adds its scenes)
)
from collateral.demo.files.scenes import SCENES
from collateral.demo.files.themes import Theme

# A renderer lays each element with `opacity` on a layer of its own, which takes long; on single
# forms paint that lets through looks the same.
_OPACITY = re.compile(r'(?<![-\w])opacity="([\d.]+)"')


def svg(name: str, theme: Theme, seed: str, *, width: int = 640, height: int = 360) -> str:
    """The scene as an SVG document; the same seed draws the same picture."""
    inner = SCENES[name](Random(f"{seed}:{name}"), theme, width, height)
    inner = _OPACITY.sub(r'fill-opacity="\1" stroke-opacity="\1"', inner)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{inner}</svg>'
    )


def jpeg(document: str, pixels: int, *, quality: int = 84) -> bytes:
    """The SVG document drawn ``pixels`` wide."""
    from PIL import Image

    with Image.open(io.BytesIO(png(document, pixels))) as picture:
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def png(document: str, pixels: int) -> bytes:
    import resvg_py

    drawn = resvg_py.svg_to_bytes(
        svg_string=document,
        width=pixels,
        skip_system_fonts=True,
        font_files=[str(file) for file in sorted(fonts.FOLDER.glob("Carlito-*.ttf"))],
        font_family="Carlito",
    )
    return bytes(drawn)
