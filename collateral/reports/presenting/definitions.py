"""What each number means."""

from __future__ import annotations

from flask_babel import gettext as _


def definitions() -> list[tuple[str, str]]:
    """What each number means, in the words of this page alone."""
    return [
        (
            _("Views"),
            _(
                "Somebody opened the asset's page, or downloaded it: a download is also a view. "
                "Results shown in a search and small previews are not views. A second view of the "
                "same version by the same person within 30 seconds of the one before is a double "
                "click; the later one counts."
            ),
        ),
        (
            _("Unique views"),
            _(
                "Sessions in which the asset was viewed at least once. A session is one signed-in "
                "browser on one day; where there is none, one person in one clock hour."
            ),
        ),
        (_("Downloads"), _("The original file was downloaded, counted by the same rules.")),
        (
            _("Uses"),
            _(
                "The asset was used in a deal, at a stage, by a person: the buyer opened a tracked "
                "link (observed), the rep said so (declared), or the CRM shows it (inferred). "
                "A download alone is not a use."
            ),
        ),
        (
            _("Deals"),
            _("Deals with at least one use of the asset in the period; each counts once."),
        ),
        (
            _("Amount won, amount open"),
            _(
                "The amounts of those deals that are won, or open now. A deal that used several "
                "assets counts in full for each, so the column must not be added up. Amounts in "
                "other currencies than the report's are not converted and not in it."
            ),
        ),
        (
            _("Published assets used"),
            _("Of the assets published by the end of the period, those with a use within it."),
        ),
        (
            _("Cost of assets without a use"),
            _(
                "Of the production cost of assets published by the end of the period, the part of "
                "those without a use within it."
            ),
        ),
        (
            _("Deals with at least one use"),
            _(
                "Of the deals that were open at some time in the period, those with a use until "
                "its end."
            ),
        ),
        (
            _("Influence, difference in points"),
            _(
                "How much more often deals with the asset were won than deals that reached the "
                "same stage, were still open in it at the same age and had not used it by then. "
                "They are compared within the same rep and how well a deal fits, or, where there "
                "are too few, within size and industry. It never says that the asset was the "
                "reason."
            ),
        ),
        (
            _("Likely between"),
            _(
                "The 95 % interval of that difference. Below 20 closed deals with it, 40 to "
                "compare with, five won and five lost, or wider than 50 points, it says “not "
                "enough deals yet”. Lists are ordered by the difference drawn towards zero, the "
                "more the less is known, because the best of many useless assets looks good by "
                "chance."
            ),
        ),
        (
            _("Without the last 30 days, without the largest deal"),
            _(
                "The same comparison without the deals that closed in the period's last 30 days, "
                "and without the largest deal with a use. Where these say something else, the "
                "number hangs on a few deals."
            ),
        ),
        (
            _("Time to close"),
            _(
                "Of the deals won, the median days from the moment of use, or from the same stage "
                "and age without it, to closing."
            ),
        ),
        (
            _("Team"),
            _(
                "What was done by people who were in the team at that moment. The numbers of "
                "teams do not add up to the whole where people are in several."
            ),
        ),
        (
            _("Stage"),
            _(
                "Uses at that stage of the deal, with their deals and amounts. Views and downloads "
                "have no stage and stay as they are."
            ),
        ),
        (_("Product, region"), _("Assets that carry the term.")),
        (
            _("Left out"),
            _(
                "Double clicks, robots by COUNTER's list, and our own visits to our links. They "
                "stay in the log, with the reason; each number opens them."
            ),
        ),
    ]
