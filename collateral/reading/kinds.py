"""The kinds of file the library knows: extension, media type, family, and the word for people."""

from __future__ import annotations

from dataclasses import dataclass, replace

_OOXML = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file is, judged by its content.

    `family` is one of deck, document, sheet, pdf, image, video, text, archive, other.
    `extension` has no dot. `mismatch` is a sentence when the name claims another kind than the
    content shows; `encrypted` says that a password stands before the content.
    """

    media_type: str
    family: str
    extension: str
    label: str
    mismatch: str | None = None
    encrypted: bool = False
    macros: bool = False

    def but(self, **changes: object) -> FileKind:
        """The same kind with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


_TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("pptx", _OOXML + "presentationml.presentation", "deck", "PowerPoint deck"),
    ("ppsx", _OOXML + "presentationml.slideshow", "deck", "PowerPoint show"),
    ("potx", _OOXML + "presentationml.template", "deck", "PowerPoint template"),
    (
        "pptm",
        "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
        "deck",
        "PowerPoint deck with macros",
    ),
    (
        "ppsm",
        "application/vnd.ms-powerpoint.slideshow.macroEnabled.12",
        "deck",
        "PowerPoint show with macros",
    ),
    (
        "potm",
        "application/vnd.ms-powerpoint.template.macroEnabled.12",
        "deck",
        "PowerPoint template with macros",
    ),
    ("ppt", "application/vnd.ms-powerpoint", "deck", "PowerPoint 97 deck"),
    ("odp", "application/vnd.oasis.opendocument.presentation", "deck", "OpenDocument deck"),
    ("key", "application/vnd.apple.keynote", "deck", "Keynote deck"),
    ("pdf", "application/pdf", "pdf", "PDF"),
    ("docx", _OOXML + "wordprocessingml.document", "document", "Word document"),
    ("dotx", _OOXML + "wordprocessingml.template", "document", "Word template"),
    (
        "docm",
        "application/vnd.ms-word.document.macroEnabled.12",
        "document",
        "Word document with macros",
    ),
    (
        "dotm",
        "application/vnd.ms-word.template.macroEnabled.12",
        "document",
        "Word template with macros",
    ),
    ("doc", "application/msword", "document", "Word 97 document"),
    ("odt", "application/vnd.oasis.opendocument.text", "document", "OpenDocument text"),
    ("rtf", "application/rtf", "document", "Rich text document"),
    ("pages", "application/vnd.apple.pages", "document", "Pages document"),
    ("xlsx", _OOXML + "spreadsheetml.sheet", "sheet", "Excel workbook"),
    ("xltx", _OOXML + "spreadsheetml.template", "sheet", "Excel template"),
    (
        "xlsm",
        "application/vnd.ms-excel.sheet.macroEnabled.12",
        "sheet",
        "Excel workbook with macros",
    ),
    (
        "xltm",
        "application/vnd.ms-excel.template.macroEnabled.12",
        "sheet",
        "Excel template with macros",
    ),
    (
        "xlsb",
        "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
        "sheet",
        "Excel binary workbook",
    ),
    ("xls", "application/vnd.ms-excel", "sheet", "Excel 97 workbook"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet", "sheet", "OpenDocument sheet"),
    ("numbers", "application/vnd.apple.numbers", "sheet", "Numbers sheet"),
    ("csv", "text/csv", "sheet", "CSV table"),
    ("png", "image/png", "image", "PNG picture"),
    ("jpg", "image/jpeg", "image", "JPEG picture"),
    ("webp", "image/webp", "image", "WebP picture"),
    ("gif", "image/gif", "image", "GIF picture"),
    ("tif", "image/tiff", "image", "TIFF picture"),
    ("bmp", "image/bmp", "image", "BMP picture"),
    ("avif", "image/avif", "image", "AVIF picture"),
    ("heic", "image/heic", "image", "HEIC photo"),
    ("psd", "image/vnd.adobe.photoshop", "image", "Photoshop picture"),
    ("svg", "image/svg+xml", "image", "SVG drawing"),
    ("mp4", "video/mp4", "video", "MP4 video"),
    ("mov", "video/quicktime", "video", "QuickTime video"),
    ("webm", "video/webm", "video", "WebM video"),
    ("mkv", "video/x-matroska", "video", "Matroska video"),
    ("avi", "video/x-msvideo", "video", "AVI video"),
    ("txt", "text/plain", "text", "Text"),
    ("md", "text/markdown", "text", "Markdown text"),
    ("html", "text/html", "text", "Web page (HTML)"),
    ("xml", "application/xml", "text", "XML file"),
    ("zip", "application/zip", "archive", "Zip archive"),
)

KINDS: dict[str, FileKind] = {
    extension: FileKind(media_type, family, extension, label, macros=label.endswith("macros"))
    for extension, media_type, family, label in _TABLE
}

OTHER = FileKind("application/octet-stream", "other", "", "File")
EMPTY = FileKind("application/x-empty", "other", "", "Empty file")
LOCKED_OFFICE = FileKind("application/x-ole-storage", "other", "", "Office file", encrypted=True)

# Spellings of the same kind, and names under which other programs are known to save a kind.
SPELLINGS: dict[str, str] = {
    "jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "tiff": "tif", "heif": "heic", "hif": "heic",
    "htm": "html", "xhtml": "html", "markdown": "md", "text": "txt", "log": "txt", "tsv": "csv",
    "m4v": "mp4", "qt": "mov", "svgz": "svg", "pot": "ppt", "pps": "ppt", "dot": "doc",
    "xlt": "xls", "dib": "bmp",
}  # fmt: skip
ALSO_NAMED: dict[str, frozenset[str]] = {
    "rtf": frozenset({"doc"}),
    "mp4": frozenset({"mov"}),
    "mov": frozenset({"mp4"}),
    "webm": frozenset({"mkv"}),
    "mkv": frozenset({"webm"}),
    "heic": frozenset({"jpg"}),
    "pptx": frozenset({"ppsx", "potx"}),
    "ppsx": frozenset({"pptx", "potx"}),
    "potx": frozenset({"pptx", "ppsx"}),
    "docx": frozenset({"dotx"}),
    "dotx": frozenset({"docx"}),
    "xlsx": frozenset({"xltx"}),
    "xltx": frozenset({"xlsx"}),
}
