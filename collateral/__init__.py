"""Collateral: a library of marketing collateral that knows what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from collateral.config import Settings

__version__ = "0.1.0"


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings, the environment's where none are given."""
    # Inside, so that what uses a small part of the package does not load the web.
    from flask import Flask

    from collateral import failing, setup
    from collateral.config import ROOT, Settings

    settings = settings or Settings.from_environ()
    app = Flask(
        "collateral",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(settings.home),
    )
    setup.configure(app, settings)
    setup.database(app)
    setup.seams(app, settings)
    setup.observing(app, settings)
    setup.people(app)
    setup.language(app)
    setup.pages(app, settings)
    setup.features(app)
    failing.init_app(app)
    setup.health(app)
    return app
