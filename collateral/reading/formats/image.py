"""Pictures: decoded by Pillow within a pixel limit, turned upright, stripped of metadata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from collateral.reading import sentences
from collateral.reading.formats.base import Document, NoPicture, Source, Unreadable, damaged
from collateral.reading.results import PageFeatures, PagePicture, PageText

if TYPE_CHECKING:
    from PIL import Image

_FRAMES = 200
# Only the decoder that the content calls for: Pillow knows fifty, some of which start programs.
_DECODERS = {
    "png": "PNG", "jpg": "JPEG", "webp": "WEBP", "gif": "GIF", "tif": "TIFF", "bmp": "BMP",
    "avif": "AVIF", "heic": "HEIF", "psd": "PSD",
}  # fmt: skip


class Picture(Document):
    """A raster picture; a TIFF has a page for each frame, an animation shows its first."""

    def __init__(self, source: Source) -> None:
        from PIL import Image

        if source.kind.extension == "heic":
            import pillow_heif

            pillow_heif.register_heif_opener()
        self._source = source
        # The size is judged below, with a sentence; Pillow's own limit would hide it.
        Image.MAX_IMAGE_PIXELS = None
        try:
            self._image: Any = Image.open(source.file, formats=[_DECODERS[source.kind.extension]])
            frames = int(getattr(self._image, "n_frames", 1))
        except Exception as error:
            raise damaged(source.kind) from error
        self.page_count = min(frames, _FRAMES) if source.kind.extension == "tif" else 1
        self._width, self._height = self._image.size

    def properties(self) -> dict[str, str]:
        return {"pixels": f"{self._width} × {self._height}"}

    def notices(self) -> list[str]:
        try:
            has_place = bool(self._image.getexif().get_ifd(0x8825))
        except Exception:
            return []
        return [sentences.PLACE_OF_PHOTO] if has_place else []

    def pages(self) -> Iterator[PageText]:
        for number in range(1, (self.page_count or 1) + 1):
            yield PageText(number, width=float(self._width), height=float(self._height))

    def features(self) -> Iterator[PageFeatures]:
        import hashlib

        from collateral.reading.pictures import perceptual_hash

        sha = hashlib.sha256(self._source.data()).hexdigest()
        self._source.file.seek(0)
        phash = "" if self._too_large() else perceptual_hash(self._source.file)
        yield PageFeatures(1, pictures=(PagePicture(1, sha, phash, 1.0),))

    def picture(self, number: int, width: int) -> Image.Image:
        from PIL import ImageOps

        if self._too_large():
            size = {
                "millions": f"{self._width * self._height / 1_000_000:,.0f}",
                "width": f"{self._width:,}",
                "height": f"{self._height:,}",
                "most": f"{self._source.limits.pixels / 1_000_000:,.0f}",
            }
            raise NoPicture(sentences.PICTURE_PIXELS % size)
        try:
            if self.page_count != 1:
                self._image.seek(number - 1)
            self._image.draft("RGB", (width * 2, width * 2))
            self._image.load()
            image = _to_rgb(self._image)
            if image.width > width * 4:
                image = image.reduce(max(1, image.width // (width * 2)))
            upright: Image.Image = ImageOps.exif_transpose(image)
        except MemoryError as error:
            raise NoPicture(sentences.PICTURE_MEMORY) from error
        except Exception as error:
            kind = {"kind": self._source.kind.label}
            raise Unreadable(sentences.BROKEN_PICTURE % kind) from error
        return upright

    def _too_large(self) -> bool:
        return self._width * self._height > self._source.limits.pixels


def _to_rgb(image: Any) -> Any:
    """Screen colours: embedded profiles are applied, CMYK without one by its plain formula."""
    import io

    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return image
