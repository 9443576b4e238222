"""Gunicorn's settings that are code. Little is loaded here: gunicorn's own process keeps it."""

from __future__ import annotations

import sys
import threading
from typing import Any

from collateral import more_web

accesslog = None
proc_name = "collateral-web"
# All web processes of one user on one machine would take the same socket, and nobody uses it.
control_socket_disable = True


def nworkers_changed(server: Any, wanted: int, _before: int | None) -> None:
    """As many as are asked for, and no more than may be."""
    if wanted > max(more_web.most(), server.cfg.workers):
        server.num_workers = wanted - 1
    else:
        more_web.are_there(wanted)


def pre_request(_worker: Any, request: Any) -> None:
    if more_web.watch.began():
        request.force_close()


def post_request(_worker: Any, _request: Any, _environ: Any, _response: Any) -> None:
    more_web.watch.ended()


def post_fork(_server: Any, _worker: Any) -> None:
    """Connections of a parent that has loaded the application are not the child's."""
    if "wsgi" not in sys.modules:
        return
    from collateral.db import db
    from wsgi import app

    with app.app_context():
        db.engine.dispose(close=False)


def post_worker_init(_worker: Any) -> None:
    """Log as the rest of the application does; read what the first letter typed would have to
    wait for, while nobody waits."""
    from collateral.config import Settings
    from collateral.logs import configure

    configure(Settings.from_environ().log_level)
    more_web.start()
    threading.Thread(target=_warm, daemon=True).start()


def _warm() -> None:
    from collateral.search.typeahead import warm
    from wsgi import app

    with app.app_context():
        warm()
