"""What runs inside the fork server before and inside the child after it was locked down."""

from __future__ import annotations

import contextlib
import encodings
import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from typing import Any

from collateral.reading.confined.cage import Held
from collateral.reading.confined.wire import Sender

# Loaded before the fork: the child may not be able to read the code after it changed its user,
# and every file would pay for it again.
_PARSERS = (
    "lxml.etree", "PIL.Image", "PIL.ImageDraw", "PIL.ImageFont", "PIL.ImageOps", "pypdfium2",
    "pptx", "docx", "openpyxl", "betteroffice_pptx", "betteroffice_xlsx", "olefile",
    "xlrd", "striprtf.striprtf", "charset_normalizer", "pillow_heif",
    "resvg_py", "py3langid.langid", "zipfile", "csv", "fractions", "_strptime", "pyseccomp",
    "PIL.ImageCms", "PIL.ImageChops", "PIL.JpegPresets", "PIL.PngImagePlugin",
    "PIL.JpegImagePlugin", "PIL.MpoImagePlugin", "PIL.GifImagePlugin", "PIL.WebPImagePlugin",
    "PIL.TiffImagePlugin", "PIL.BmpImagePlugin", "PIL.AvifImagePlugin", "PIL.PsdImagePlugin",
    "PIL.WmfImagePlugin", "collateral.reading.work", "collateral.reading.work_regions",
    "collateral.reading.work_assembling",
)  # fmt: skip

Target = Callable[[dict[str, Any], Sender, Held], None]


def preload() -> None:
    """Import the parsers; one that is not installed is missed only by the files that need it."""
    codecs = [f"encodings.{codec.name}" for codec in pkgutil.iter_modules(encodings.__path__)]
    for name in (*_PARSERS, *codecs):
        with contextlib.suppress(ImportError, RuntimeError):
            importlib.import_module(name)
    with contextlib.suppress(ImportError, AttributeError):
        prepare = importlib.import_module("collateral.reading.work").prepare
        prepare()


def resolve(target: str) -> Target:
    """The function named `module:function` or `/path/file.py:function`."""
    where, _, name = target.rpartition(":")
    if where.endswith(".py"):
        location = importlib.util.spec_from_file_location("confined_target", where)
        if location is None or location.loader is None:
            raise ImportError(where)
        module = importlib.util.module_from_spec(location)
        location.loader.exec_module(module)
    else:
        module = importlib.import_module(where)
    function: Target = getattr(module, name)
    return function
