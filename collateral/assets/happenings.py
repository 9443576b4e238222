"""What other systems can be told of assets."""

from __future__ import annotations

from collateral.notify.happenings import Happening, declare_happening
from collateral.notify.kinds import Facts
from collateral.words import N_


def _page(facts: Facts) -> str:
    return f"/assets/{facts['asset']}"


PUBLISHED = declare_happening(
    Happening("asset.published", N_("An asset is published"), _page, about=("asset",))
)
RENEWED = declare_happening(
    Happening("asset.renewed", N_("An asset has a new version"), _page, about=("asset",))
)
RETIRED = declare_happening(
    Happening("asset.retired", N_("An asset is retired"), _page, about=("asset", "replacement"))
)
RESTORED = declare_happening(
    Happening("asset.restored", N_("An asset is put back"), _page, about=("asset",))
)
