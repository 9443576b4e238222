"""The steps of `create_app`, in its order."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module, util
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from flask import Flask, has_request_context, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from collateral import headers, limits, queue, small_files, storage, templating
from collateral.asked import RowNumber
from collateral.config import ROOT, Settings
from collateral.db import COPY, db, engine_options

FEATURES = (
    "accounts",
    "notify",
    "assets",
    "reading",
    "deals",
    "usage",
    "search",
    "adaptations",
    "sharing",
    "requests",
    "retirement",
    "reports",
    "connect",
    "upkeep",
    "home",
    "api",
    "demo",
)
LOCALES = ("en", "de")


csrf = CSRFProtect()
babel = Babel()


def configure(app: Flask, settings: Settings) -> None:
    """Flask's own settings, from ours."""
    app.extensions["settings"] = settings
    app.url_map.converters["int"] = RowNumber
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        DEBUG=False,  # whatever FLASK_DEBUG says
        SESSION_COOKIE_NAME="__Host-session" if settings.secure else "session",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=[settings.trusted_host, *(["localhost"] if settings.testing else [])],
        MAX_CONTENT_LENGTH=settings.max_upload + (1 << 20),
        MAX_FORM_MEMORY_SIZE=2 << 20,
        MAX_FORM_PARTS=2000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine(settings, settings.database_url),
        SQLALCHEMY_BINDS=(
            {COPY: {"url": copy} | _engine(settings, copy)}
            if (copy := settings.database_read_url)
            else {}
        ),
    )
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _engine(settings: Settings, url: str) -> dict[str, Any]:
    return engine_options(url, pool=settings.database_pool, prepare=settings.database_prepare)


class Migrating:
    """Stands where Flask-Migrate looks for itself, and loads it, with Alembic, when it does:
    fifteen megabytes that no process needs while the tables are as they should be."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        Migrate(self._app, db, directory=str(ROOT / "migrations"))
        return getattr(self._app.extensions["migrate"], name)


def database(app: Flask) -> None:
    """SQLAlchemy and Alembic; importing the models tells both what tables there are."""
    db.init_app(app)
    for feature in FEATURES:
        _whole(f"collateral.{feature}.models")
    import_module("collateral.assets.revisions")
    app.extensions["migrate"] = Migrating(app)


def seams(app: Flask, settings: Settings) -> None:
    """Files and queue; search comes with its feature."""
    storage.init_app(app, settings.storage_url, settings.home)
    queue.init_app(app, settings.queue_url)
    limits.init_app(app, settings)


def observing(app: Flask, settings: Settings) -> None:
    """Metrics and slow statements. Before the pages, so that it sees their answers as they go."""
    from collateral.observing import exposing

    exposing.init_app(app, settings)


def people(app: Flask) -> None:
    """CSRF before sign-in, sign-in before permissions."""
    csrf.init_app(app)
    from collateral.accounts import forgery, guard, sessions

    forgery.init_app(app)
    sessions.init_app(app)
    guard.init_app(app)


def language(app: Flask) -> None:
    """Texts, dates and amounts in the reader's language."""

    def chosen() -> str:
        from flask_login import current_user

        if not has_request_context():
            return "en"  # a job that writes to somebody says in which language
        if current_user and current_user.is_authenticated:
            return str(current_user.person.locale)
        return request.accept_languages.best_match(LOCALES) or "en"

    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "collateral" / "translations")
    babel.init_app(app, locale_selector=chosen)


def pages(app: Flask, settings: Settings) -> None:
    """Templates, headers, request ids."""
    templating.init_app(app)
    headers.init_app(app, secure=settings.secure)
    from collateral import drawing, offline, parts

    drawing.init_app(app)
    offline.init_app(app)
    parts.init_app(app)
    small_files.init_app(app)


def features(app: Flask) -> None:
    """Each feature's own `init_app`, its jobs and its views, in the order of the import rules."""
    for feature in FEATURES:
        package = import_module(f"collateral.{feature}")
        if hasattr(package, "init_app"):
            package.init_app(app)
        _whole(f"collateral.{feature}.jobs")
        views = _whole(f"collateral.{feature}.views")
        if views is not None and hasattr(views, "bp"):
            app.register_blueprint(views.bp)


@cache
def _whole(name: str) -> ModuleType | None:
    """The module with all that is below it: pages add themselves to their feature's `bp`."""
    if util.find_spec(name) is None:
        return None
    module = import_module(name)
    for below in iter_modules(getattr(module, "__path__", ()), f"{name}."):
        import_module(below.name)
    return module


def health(app: Flask) -> None:
    """`/healthz`: the process answers. `/readyz`: it can do its work. `/metrics`: how it does."""
    from collateral.accounts.guard import public

    @app.get("/healthz")
    @public
    def healthz() -> ResponseReturnValue:
        return {"status": "ok"}

    @app.get("/metrics")
    @public
    def metrics() -> ResponseReturnValue:
        from collateral.observing import exposing

        return exposing.page()

    @app.get("/readyz")
    @public
    def readyz() -> ResponseReturnValue:
        answering = {part: _answers(ask) for part, ask in NEEDED.items()}
        well = all(answering.values())
        parts = {part: "ok" if there else "unreachable" for part, there in answering.items()}
        return {"status": "ok" if well else "degraded", "parts": parts}, 200 if well else 503


NEEDED: dict[str, Callable[[], object]] = {
    "database": lambda: db.session.execute(text("select 1")),
    "queue": lambda: queue.queue().waiting(),
    "files": lambda: storage.storage().size("0" * 64),
}
"""What a process cannot work without, and a small question to each."""


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Exception:
        return False
    return True
