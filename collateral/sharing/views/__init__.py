"""The rep's pages of links and packs, and the pages that a buyer opens (`/s/…`)."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("sharing", __name__)

# They add their routes to the blueprints, the buyer's of which must be whole when it is joined.
from collateral.sharing.views import (  # noqa: E402
    beats as beats,
)
from collateral.sharing.views import buyer as _buyer  # noqa: E402
from collateral.sharing.views import entering as entering  # noqa: E402
from collateral.sharing.views import links as links  # noqa: E402
from collateral.sharing.views import making as making  # noqa: E402
from collateral.sharing.views import packing as packing  # noqa: E402
from collateral.sharing.views import sending as sending  # noqa: E402
from collateral.sharing.views import setting as setting  # noqa: E402
from collateral.sharing.views import viewing as viewing  # noqa: E402

bp.register_blueprint(_buyer.buyer)
