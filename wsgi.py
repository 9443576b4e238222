"""The WSGI entry point: `gunicorn wsgi:app`."""

import gc

from collateral import create_app

# Nothing that the start makes will ever go: it is not looked through, then or later.
gc.disable()
app = create_app()
gc.freeze()
gc.enable()
