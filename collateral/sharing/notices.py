"""What a rep, and other systems, are told of links."""

from __future__ import annotations

from flask_babel import gettext as _

from collateral.notify.happenings import Happening, declare_happening
from collateral.notify.kinds import Kind, declare
from collateral.words import N_

OPENED = declare(
    Kind(
        "link_opened",
        N_("A buyer reads what I sent for the first time"),
        sentence=lambda facts: _(
            "%(who)s reads “%(title)s”.", who=facts["who"], title=facts["title"]
        ),
        address=lambda facts: f"/shares/{facts['share']}",
    )
)
VISITED = declare_happening(
    Happening(
        "share.visited",
        N_("A buyer reads a link for the first time"),
        lambda facts: f"/shares/{facts['share']}",
        about=("share", "asset", "deal"),
    )
)
