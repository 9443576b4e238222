"""The WSGI entry point: `gunicorn wsgi:app`."""

import gc

from collateral import create_app
from collateral.config import Settings
from collateral.sparing import spare

settings = Settings.from_environ()
spare(settings)
# Nothing that the start makes will ever go: it is not looked through, then or later.
gc.disable()
app = create_app(settings)
gc.freeze()
gc.enable()
