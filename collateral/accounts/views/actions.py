"""What the entries of the audit trail are called on screen."""

from __future__ import annotations

from flask_babel import gettext as _

from collateral.words import N_

# The actions that are recorded; `spoken` makes do with the name of one that is not here.
ACTIONS = {
    "asset.published": N_("Asset published"),
    "asset.restored": N_("Asset restored"),
    "asset.retired": N_("Asset retired"),
    "asset.sent_to_review": N_("Asset sent to review"),
    "asset.version_chosen": N_("Asset version chosen"),
    "asset.withdrawn": N_("Asset withdrawn"),
    "collection.deleted": N_("Collection deleted"),
    "event.dropped": N_("Event dropped"),
    "event.left_out": N_("Event left out"),
    "library.restored": N_("Library restored"),
    "links.set": N_("Links' settings changed"),
    "person.added": N_("Person added"),
    "person.invited": N_("Person invited"),
    "person.password_changed": N_("Person password changed"),
    "person.roles_changed": N_("Person roles changed"),
    "person.signed_in": N_("Person signed in"),
    "person.switched_off": N_("Person switched off"),
    "person.switched_on": N_("Person switched on"),
    "person.teams_changed": N_("Person teams changed"),
    "share.renewed": N_("Link given a new address"),
    "share.revoked": N_("Link switched off"),
    "synonyms.added": N_("Synonyms added"),
    "synonyms.changed": N_("Synonyms changed"),
    "team.added": N_("Team added"),
    "team.changed": N_("Team changed"),
    "team.removed": N_("Team removed"),
    "term.added": N_("Term added"),
    "term.merged": N_("Term merged"),
    "term.removed": N_("Term removed"),
    "term.renamed": N_("Term renamed"),
    "terms.begun": N_("Vocabularies begun with the usual words"),
    "token.created": N_("Token created"),
    "token.revoked": N_("Token revoked"),
    "use.retracted": N_("Use retracted"),
}


def spoken(action: str) -> str:
    """`asset.sent_to_review` as people say it."""
    known = ACTIONS.get(action)
    return _(known) if known else action.replace(".", " ").replace("_", " ").capitalize()
