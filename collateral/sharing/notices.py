"""What a rep is told of her links."""

from __future__ import annotations

from flask_babel import gettext as _

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
