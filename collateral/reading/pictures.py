"""From a decoded picture to WebP previews, and the hash that survives recompression."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from collateral.reading.results import PREVIEW_WIDTHS

if TYPE_CHECKING:
    from PIL import Image

# Taller than this many times its width, a picture is shown from its top only.
_TALLEST = 4
_QUALITY = 80
_METHOD = 2  # within 4 % of the size of the slowest setting, at half its time


def previews(image: Image.Image) -> list[tuple[int, int, bytes]]:
    """(width, height, WebP) for each preview width, drawn down from one picture, never up.

    Orientation must have been applied. Nothing of the source's metadata is carried over.
    """
    from PIL import Image

    image = _opaque(image)
    if image.height > image.width * _TALLEST:
        image = image.crop((0, 0, image.width, image.width * _TALLEST))
    made = []
    for width in PREVIEW_WIDTHS:
        if image.width > width:
            size = (width, max(1, round(image.height * width / image.width)))
            # By whole numbers the mean of so many dots looks the same, in an eighth of the time.
            gap = 2.0 if image.width % width else 1.0
            small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=gap)
        else:
            small = image
        out = io.BytesIO()
        small.save(
            out, "WEBP", quality=_QUALITY, method=_METHOD, exif=b"", icc_profile=b"", xmp=b""
        )
        made.append((small.width, small.height, out.getvalue()))
    return made


def _opaque(image: Image.Image) -> Image.Image:
    """RGB on white, or on dark where the picture itself is nearly white."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema() == (255, 255):
            return image.convert("RGB")  # as slides are: nothing shows through
        ground = Image.new("RGBA", image.size, _ground(image))
        ground.alpha_composite(image)
        return ground.convert("RGB")
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        low, high = image.getextrema()
        span = max(1.0, float(high) - float(low))  # type: ignore[arg-type]
        return image.point(lambda v: (v - low) * (255.0 / span)).convert("L").convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _ground(image: Image.Image) -> tuple[int, int, int, int]:
    """A white logo on transparency would vanish on white paper."""
    small = image.resize((32, 32))
    weights = [(pixel[3], sum(pixel[:3]) / 3) for pixel in _pixels(small)]
    total = sum(alpha for alpha, _ in weights)
    light = sum(alpha * value for alpha, value in weights) / total if total else 0
    return (52, 58, 64, 255) if light > 235 else (255, 255, 255, 255)


def _pixels(image: Image.Image) -> list[tuple[int, int, int, int]]:
    data = image.convert("RGBA").tobytes()
    return [(data[i], data[i + 1], data[i + 2], data[i + 3]) for i in range(0, len(data), 4)]


def perceptual_hash(file: IO[bytes]) -> str:
    """64 bits of the picture's low frequencies as 16 hex digits; empty when it cannot be read."""
    from PIL import Image

    try:
        with Image.open(file) as image:
            if image.width * image.height > 50_000_000:
                return ""
            image.draft("L", (64, 64))
            return hash_of(image)
    except Exception:
        return ""


def hash_of(image: Image.Image) -> str:
    """The perceptual hash of an opened picture."""
    import numpy as np
    from PIL import Image

    grey = image
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        # On white, as it is printed.
        clear = image.convert("RGBA")
        grey = Image.new("RGBA", image.size, (255, 255, 255, 255))
        grey.alpha_composite(clear)
    grey = grey.convert("L").resize((32, 32), Image.Resampling.LANCZOS)
    values = np.asarray(grey, dtype=np.float64)
    steps = np.arange(32)
    cosines = np.cos(np.pi * (2 * steps + 1) * steps[:, None] / 64)
    low = (cosines @ values @ cosines.T)[:8, :8]
    middle = np.sort(low, axis=None)[31:33].mean()  # np.median loads masked arrays for this
    bits = (low > middle).flatten()
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"
