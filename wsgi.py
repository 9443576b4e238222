"""The WSGI entry point: `gunicorn wsgi:app`."""

from collateral import create_app

app = create_app()
