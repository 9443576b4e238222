"""The forms of deals."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired


class UploadForm(FlaskForm):  # type: ignore[misc]
    """The file of an import."""

    file = FileField(_("CSV file"), validators=[FileRequired(_("Choose a file."))])
