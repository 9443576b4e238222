"""What reps change: their own versions of an asset, and what became of each page.

Any file's pages are compared with every page in the library: which page of which
version each came from, and whether it is the same, edited or new. A rep submits an
adaptation, marketing reviews it page by page, and the heat map of an asset says which
pages sales keeps rewriting.
"""

from __future__ import annotations

from flask import Flask


def init_app(_app: Flask) -> None:
    """Keep the files and pictures of adaptations from being swept away."""
    from collateral.adaptations.models import Adaptation, AdaptationPage, FileCheck
    from collateral.assets import blobs

    blobs.refer(
        Adaptation.sha256,
        AdaptationPage.preview_320,
        AdaptationPage.preview_1280,
        FileCheck.sha256,
    )
