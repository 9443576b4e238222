"""What the entries of the audit trail are called on screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from flask_babel import gettext as _

from collateral.accounts.models import AuditEntry
from collateral.templating import format_date, format_datetime, number
from collateral.words import N_

# The actions that are recorded; `spoken` makes do with the name of one that is not here.
ACTIONS = {
    "adaptation.accepted": N_("Adaptation accepted"),
    "adaptation.declined": N_("Adaptation declined"),
    "adaptation.merged": N_("Adaptation merged"),
    "adaptation.removed": N_("Adaptation removed"),
    "asset.files_deleted": N_("Files of an asset deleted"),
    "asset.published": N_("Asset published"),
    "asset.restored": N_("Asset restored"),
    "asset.retired": N_("Asset retired"),
    "asset.reviewed": N_("Asset reviewed"),
    "asset.sent_to_review": N_("Asset sent to review"),
    "asset.version_chosen": N_("Asset version chosen"),
    "asset.withdrawn": N_("Asset withdrawn"),
    "collection.deleted": N_("Collection deleted"),
    "connection.notes_off": N_("Notes in the CRM switched off"),
    "connection.notes_on": N_("Notes in the CRM switched on"),
    "connection.set_up": N_("Connection set up"),
    "connection.settled": N_("Connection's fields settled"),
    "connection.switched_off": N_("Connection switched off"),
    "connection.switched_on": N_("Connection switched on"),
    "deal.merged": N_("Deal merged"),
    "docket.keep": N_("Docket: keep"),
    "docket.mend": N_("Docket: mend"),
    "docket.policy_deleted": N_("Docket: policy deleted"),
    "docket.policy_set": N_("Docket: policy set"),
    "docket.retire": N_("Docket: retire"),
    "docket.undone": N_("Docket: decision taken back"),
    "event.dropped": N_("Event dropped"),
    "event.left_out": N_("Event left out"),
    "flag.mended": N_("Flag resolved: mended"),
    "flag.not_so": N_("Flag resolved: not so"),
    "library.backed_up": N_("Library backed up"),
    "library.checked": N_("Integrity check begun"),
    "library.restored": N_("Library restored"),
    "links.set": N_("Links' settings changed"),
    "mail.tried": N_("Test mail asked for"),
    "person.added": N_("Person added"),
    "person.invited": N_("Person invited"),
    "person.linked": N_("Person linked with the identity provider"),
    "person.password_changed": N_("Person password changed"),
    "person.roles_changed": N_("Person roles changed"),
    "person.sign_in_refused": N_("Sign-in refused"),
    "person.signed_in": N_("Person signed in"),
    "person.switched_off": N_("Person switched off"),
    "person.switched_on": N_("Person switched on"),
    "person.teams_changed": N_("Person teams changed"),
    "report.scheduled": N_("Report by mail set up"),
    "report.unscheduled": N_("Report by mail ended"),
    "share.renewed": N_("Link given a new address"),
    "share.revoked": N_("Link switched off"),
    "step.changed": N_("Step of a request changed"),
    "step.done": N_("Step of a request done"),
    "step.taken_back": N_("Step of a request taken back"),
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
    "webhook.added": N_("Webhook added"),
    "webhook.renewed": N_("Webhook given a new secret"),
    "webhook.switched_off": N_("Webhook switched off"),
    "webhook.switched_on": N_("Webhook switched on"),
    "webhook_out.added": N_("Webhook to another system added"),
    "webhook_out.changed": N_("Webhook to another system changed"),
    "webhook_out.gave_up": N_("Webhook to another system switched off by itself"),
    "webhook_out.removed": N_("Webhook to another system removed"),
    "webhook_out.renewed": N_("Webhook to another system given a new secret"),
}
KINDS = {
    "adaptation": N_("adaptation %(id)s"),
    "asset": N_("asset %(id)s"),
    "collection": N_("collection %(id)s"),
    "connection": N_("connection %(id)s"),
    "deal": N_("deal %(id)s"),
    "event": N_("event %(id)s"),
    "links": N_("links %(id)s"),
    "person": N_("person %(id)s"),
    "policy": N_("policy %(id)s"),
    "report_schedule": N_("report by mail %(id)s"),
    "request": N_("request %(id)s"),
    "share": N_("link %(id)s"),
    "synonyms": N_("synonyms %(id)s"),
    "team": N_("team %(id)s"),
    "term": N_("term %(id)s"),
    "token": N_("token %(id)s"),
    "use": N_("use %(id)s"),
    "webhook": N_("webhook %(id)s"),
    "webhook_out": N_("webhook to another system %(id)s"),
}
DETAILS = {
    "after": N_("after"),
    "assets": N_("assets"),
    "before": N_("before"),
    "bytes": N_("bytes"),
    "choice": N_("choice"),
    "company": N_("company"),
    "crm": N_("CRM"),
    "deep": N_("every file read"),
    "due_on": N_("due"),
    "email": N_("e-mail"),
    "file": N_("file"),
    "files": N_("files"),
    "floor_deals": N_("deals needed"),
    "grace_days": N_("days of grace"),
    "how": N_("how"),
    "into": N_("into"),
    "issuer": N_("identity provider"),
    "keep_days": N_("days kept"),
    "label": N_("label"),
    "name": N_("name"),
    "next": N_("next"),
    "note": N_("note"),
    "of": N_("of person"),
    "pages": N_("pages"),
    "reason": N_("reason"),
    "recipient": N_("recipient"),
    "replacement": N_("replacement"),
    "restored_at": N_("restored"),
    "retired_at": N_("retired"),
    "review_months": N_("months between reviews"),
    "review_required": N_("review required"),
    "roles": N_("roles"),
    "scopes": N_("scopes"),
    "step": N_("step"),
    "taken_at": N_("taken"),
    "team": N_("team"),
    "teams": N_("teams"),
    "term": N_("term"),
    "terms": N_("terms"),
    "title": N_("title"),
    "to": N_("to"),
    "type": N_("type"),
    "version": N_("version"),
    "versions": N_("versions"),
    "verified": N_("verified"),
    "was": N_("was"),
    "why": N_("why"),
    "words": N_("words"),
}
_STATES = {
    "draft": N_("draft"),
    "in_review": N_("in review"),
    "published": N_("published"),
    "retired": N_("retired"),
    "personal": N_("personal"),
    "shared": N_("shared"),
    "featured": N_("featured"),
}
_ROLES = {
    "rep": N_("Rep"),
    "marketer": N_("Marketer"),
    "manager": N_("Manager"),
    "admin": N_("Admin"),
}
# Values that are words of ours, by the details in which they stand.
VALUES = {
    "was": _STATES,
    "to": _STATES,
    "before": _ROLES,
    "after": _ROLES,
    "roles": _ROLES,
    "choice": {"keep": N_("Keep"), "mend": N_("Mend"), "retire": N_("Retire")},
    "how": {
        "link": N_("by a link"),
        "password": N_("by password"),
        "set-up": N_("by setting up"),
        "single sign-on": N_("by single sign-on"),
    },
    "why": {
        "another subject has this e-mail": N_("another subject has this e-mail there"),
        "no verified e-mail": N_("the provider does not call the e-mail verified"),
        "nobody has this e-mail": N_("nobody here has this e-mail"),
        "state": N_("begun elsewhere, too long ago, or over"),
        "switched off": N_("switched off"),
        "own_team": N_("own team"),
        "robot": N_("robot"),
        "withdrawn": N_("withdrawn"),
    },
}


def spoken(action: str) -> str:
    """`asset.sent_to_review` as people say it."""
    known = ACTIONS.get(action)
    return str(_(known)) if known else action.replace(".", " ").replace("_", " ").capitalize()


def thing(kind: str, number: int | None) -> str:
    """ "asset 7"; only "asset" for all of a kind, nothing where an entry is about no one thing."""
    known = KINDS.get(kind)
    return str(_(known, id=number or "") if known else f"{kind} {number or ''}").strip()


def details(entry: AuditEntry) -> Iterator[tuple[str, str]]:
    """What else the entry says: names and values, as people say them."""
    for name, value in entry.detail.items():
        if value in (None, "", []):
            continue
        known = DETAILS.get(name)
        values = value if isinstance(value, list) else [value]
        yield (
            _(known) if known else name.replace("_", " "),
            ", ".join(_value(name, each) for each in values),
        )


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, int | float):
        return number(value)
    said = str(value)
    known = VALUES.get(name, {}).get(said)
    return str(_(known)) if known else _moment(said) or said


def _moment(said: str) -> str:
    """A moment or a day that was kept in the form of ISO 8601; "" for anything else."""
    if len(said) < 10 or not said[:4].isdigit():
        return ""
    try:
        if len(said) == 10:
            return format_date(date.fromisoformat(said))
        return format_datetime(datetime.fromisoformat(said))
    except ValueError:
        return ""
