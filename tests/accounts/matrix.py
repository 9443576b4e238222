"""Who gets where: one line for every route, read by test_permission_matrix.py.

A line says for the roles **rep, marketer, manager, admin**, in this order, what comes of it:

    y   let through (whatever the view then says of the input)
    x   403: may not do it, to what may be seen
    -   404: does not exist for this person

    "GET /admin/audit": roles("xxxy"),
    "GET /assets/<int:asset_id>": asset(READ),           # one such string for each situation
    "POST /assets/<int:asset_id>/retire": asset(CHANGE, data={"reason": "old"}),
    "GET /healthz": PUBLIC,

Who has not signed in is led to the sign-in page, or told 401, everywhere but at PUBLIC
routes; routes for API tokens are asked with a token, and once with a cookie, which opens
nothing. That needs no entry. What a route wants besides its address (`data`, `json`, `query`,
`path` for further parts of the address) is given so that a person who may do it is let through;
"{asset_id}" and the like in it stand for the ids of what was arranged (arranged.py), and
"{own_deal_id}" and "{some_asset_id}" for a deal and an asset that the person sees. A route
that takes two objects has an entry for each, in a tuple.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ROLES = ("rep", "marketer", "manager", "admin")

# For each situation of a kind of object, in ROLES' order.
READ = {
    "own": "yyyy",
    "own draft": "yyyy",
    "another's": "yyyy",
    "another team's": "-y-y",
    "another's draft": "-y-y",
    "retired": "yyyy",
    "retired, another team's": "-y-y",
}
CHANGE = {
    "own": "yyyy",
    "own draft": "yyyy",
    "another's": "xyxy",
    "another team's": "-y-y",
    "another's draft": "-y-y",
    "retired": "xyxy",
    "retired, another team's": "-y-y",
}
# Deleting for good: an admin's, whoever owns it.
ERASE = dict.fromkeys(CHANGE, "xxxy")
# For routes that only marketers and admins reach at all.
CHANGE_BY_MARKETING = dict.fromkeys(CHANGE, "xyxy")
READ_DEAL = {"own": "yyyy", "a team mate's": "yyyy", "another's": "-yyy"}
# A use of one's own in a deal of one's own; another's in a deal that one sees or not.
TAKE_BACK_USE = {"own": "yyyy", "a team mate's": "xxxy", "another's": "-xxy"}
# Personal collections are for their owner; shared and featured ones for everybody.
READ_COLLECTION = {"own": "yyyy", "another's": "----", "shared": "yyyy", "featured": "yyyy"}
CHANGE_COLLECTION = {"own": "yyyy", "another's": "----", "shared": "xxxx", "featured": "xyxy"}
# Links are seen by who made them and by who sees their deal; an admin sees all.
READ_SHARE = {"own": "yyyy", "a team mate's": "yyyy", "another's": "-yyy", "without a deal": "---y"}
CHANGE_SHARE = {
    "own": "yyyy",
    "a team mate's": "xxxy",
    "another's": "-xxy",
    "without a deal": "---y",
}
OWN_ALONE = {"own": "yyyy", "another's": "----"}
# What was submitted is for those who review; what is private for its maker.
READ_ADAPTATION = {"own": "yyyy", "another's": "-y-y", "another's, private": "----"}
CHANGE_ADAPTATION = {"own": "yyyy", "another's": "-x-x", "another's, private": "----"}
REVIEW_ADAPTATION = {"own": "xyxy", "another's": "xyxy", "another's, private": "x-x-"}


@dataclass(frozen=True)
class Entry:
    """What a route answers, by situation; the empty situation where there is no object."""

    kind: str
    outcomes: Mapping[str, str]
    path: Mapping[str, Any] = field(default_factory=dict)
    request: Mapping[str, Any] = field(default_factory=dict)


PUBLIC = Entry("public", {})
# Opened by a signature of the message alone: 401 for whoever else asks, whatever her role.
SIGNED = Entry("signed", {})


def roles(outcome: str, *, path: Mapping[str, Any] | None = None, **request: Any) -> Entry:
    """No object whose sight depends on the person."""
    return _entry("", {"": outcome}, path, request)


def asset(
    outcomes: Mapping[str, str], *, path: Mapping[str, Any] | None = None, **request: Any
) -> Entry:
    return _entry("asset", outcomes, path, request)


def deal(
    outcomes: Mapping[str, str], *, path: Mapping[str, Any] | None = None, **request: Any
) -> Entry:
    return _entry("deal", outcomes, path, request)


def use(
    outcomes: Mapping[str, str], *, path: Mapping[str, Any] | None = None, **request: Any
) -> Entry:
    return _entry("use", outcomes, path, request)


def collection(
    outcomes: Mapping[str, str], *, path: Mapping[str, Any] | None = None, **request: Any
) -> Entry:
    return _entry("collection", outcomes, path, request)


def notice(outcomes: Mapping[str, str]) -> Entry:
    return _entry("notice", outcomes, None, {})


def share(outcomes: Mapping[str, str]) -> Entry:
    return _entry("share", outcomes, None, {})


def pack(
    outcomes: Mapping[str, str], *, path: Mapping[str, Any] | None = None, **request: Any
) -> Entry:
    return _entry("pack", outcomes, path, request)


def adaptation(
    outcomes: Mapping[str, str], *, path: Mapping[str, Any] | None = None, **request: Any
) -> Entry:
    return _entry("adaptation", outcomes, path, request)


def file_check(outcomes: Mapping[str, str]) -> Entry:
    return _entry("file_check", outcomes, None, {})


def token(outcomes: Mapping[str, str]) -> Entry:
    return _entry("token", outcomes, None, {})


def _entry(
    kind: str, outcomes: Mapping[str, str], path: Mapping[str, Any] | None, request: dict[str, Any]
) -> Entry:
    if "query" in request:
        request["query_string"] = request.pop("query")
    return Entry(kind, outcomes, path or {}, request)


EVERYBODY, MARKETING, MANAGEMENT, ADMINS = "yyyy", "xyxy", "xxyy", "xxxy"
FILE = "a file"  # stands for a small file that is sent

MATRIX: dict[str, Entry | tuple[Entry, ...]] = {
    # Signing in, and what needs no sign-in.
    "GET /sign-in": PUBLIC,
    "POST /sign-in": PUBLIC,
    "POST /sign-out": PUBLIC,
    "GET /sign-in/link/<token>": PUBLIC,
    "POST /sign-in/link/<token>": PUBLIC,
    "GET /sign-in/single-sign-on": PUBLIC,
    "GET /sign-in/single-sign-on/answer": PUBLIC,
    "GET /forgot": PUBLIC,
    "POST /forgot": PUBLIC,
    "GET /reset/<token>": PUBLIC,
    "POST /reset/<token>": PUBLIC,
    "GET /setup": PUBLIC,
    "GET /setup/<token>": PUBLIC,
    "POST /setup/<token>": PUBLIC,
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    "GET /metrics": PUBLIC,
    "GET /offline": PUBLIC,
    "GET /service-worker.js": PUBLIC,
    "GET /api/v1/docs": PUBLIC,
    "GET /api/v1/openapi.json": PUBLIC,
    # One's own account.
    "GET /profile": roles(EVERYBODY),
    "POST /profile": roles(EVERYBODY),
    "POST /profile/theme": roles(EVERYBODY, data={"theme": "dark"}),
    "POST /profile/password": roles(EVERYBODY),
    "POST /profile/tokens": roles(EVERYBODY),
    "POST /profile/tokens/<int:token_id>/revoke": token(OWN_ALONE),
    "POST /profile/sessions/<int:session_id>/end": roles(EVERYBODY),
    # Other systems.
    "POST /hooks/<name>": SIGNED,
    # What one was told.
    "GET /inbox": roles(EVERYBODY),
    "GET /inbox/<int:notice_id>": notice(OWN_ALONE),
    "POST /inbox/read": roles(EVERYBODY),
    "POST /inbox/unread": roles(EVERYBODY),
    "GET /inbox/settings": roles(EVERYBODY),
    "POST /inbox/settings": roles(EVERYBODY),
    "GET /notices/<token>": PUBLIC,
    "POST /notices/<token>": PUBLIC,
    # Administration.
    "GET /admin": roles(MARKETING),
    "GET /admin/jobs": roles(MARKETING),
    "POST /admin/jobs/<int:version_id>/retry": roles(MARKETING),
    "GET /admin/people": roles(ADMINS),
    "GET /admin/people/invite": roles(ADMINS),
    "POST /admin/people/invite": roles(ADMINS),
    "GET /admin/people/<int:person_id>": roles(ADMINS),
    "POST /admin/people/<int:person_id>/roles": roles(ADMINS),
    "POST /admin/people/<int:person_id>/teams": roles(ADMINS),
    "POST /admin/people/<int:person_id>/switch-off": roles(ADMINS),
    "POST /admin/people/<int:person_id>/switch-on": roles(ADMINS),
    "POST /admin/people/<int:person_id>/invite": roles(ADMINS),
    "GET /admin/teams": roles(ADMINS),
    "POST /admin/teams": roles(ADMINS),
    "GET /admin/teams/<int:team_id>": roles(ADMINS),
    "POST /admin/teams/<int:team_id>": roles(ADMINS),
    "POST /admin/teams/<int:team_id>/remove": roles(ADMINS),
    "GET /admin/audit": roles(ADMINS),
    "GET /admin/storage": roles("---y"),
    "POST /admin/storage/check": roles("---y"),
    "GET /admin/backup": roles("---y"),
    "GET /admin/mail": roles("---y"),
    "POST /admin/mail/try": roles("---y"),
    "GET /admin/connections": roles(ADMINS),
    "GET /admin/connections/<kind>": roles(ADMINS, path={"kind": "hubspot"}),
    "GET /admin/connections/<kind>/access": roles(ADMINS, path={"kind": "hubspot"}),
    "POST /admin/connections/<kind>/access": roles(ADMINS, path={"kind": "hubspot"}),
    "GET /admin/connections/<kind>/fields": roles(ADMINS, path={"kind": "hubspot"}),
    "POST /admin/connections/<kind>/fields": roles(ADMINS, path={"kind": "hubspot"}),
    "POST /admin/connections/<kind>/look": roles(ADMINS, path={"kind": "hubspot"}),
    "POST /admin/connections/<kind>/sync": roles(ADMINS, path={"kind": "hubspot"}),
    "POST /admin/connections/<kind>/switch": roles(ADMINS, path={"kind": "hubspot"}),
    "GET /admin/webhooks": roles(ADMINS),
    "POST /admin/webhooks": roles(ADMINS),
    "GET /admin/webhooks/<int:webhook_id>": roles(ADMINS),
    "POST /admin/webhooks/<int:webhook_id>": roles(ADMINS, data={"switch": "off"}),
    "POST /admin/webhooks/<int:webhook_id>/secret": roles(ADMINS),
    "POST /admin/webhooks/<int:webhook_id>/try": roles(ADMINS),
    "POST /admin/webhooks/<int:webhook_id>/remove": roles(ADMINS),
    "POST /admin/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/again": roles(ADMINS),
    "GET /styleguide": roles(ADMINS),
    "GET /sample": roles(ADMINS),
    "POST /sample/load": roles(ADMINS),
    "POST /sample/remove": roles(ADMINS),
    "GET /admin/vocabularies": roles(ADMINS),
    "POST /admin/vocabularies/begin": roles(ADMINS),
    "POST /admin/vocabularies/synonyms": roles(ADMINS),
    "POST /admin/vocabularies/terms": roles(ADMINS),
    "POST /admin/vocabularies/terms/<int:term_id>": roles(ADMINS),
    "GET /reports/worth": roles(EVERYBODY),
    # The docket: marketing works it; deleting for good is an admin's.
    "GET /docket": roles(MARKETING),
    "GET /docket.csv": roles(MARKETING),
    "GET /docket/method": roles(MARKETING),
    "POST /docket/again": roles(MARKETING),
    "GET /docket/decide": roles(MARKETING, query={"choice": "mend", "asset": "{some_asset_id}"}),
    "POST /docket/decide": roles(MARKETING, data={"choice": "mend", "asset": "{some_asset_id}"}),
    "POST /docket/undo": roles(MARKETING),
    "GET /docket/policies": roles(MARKETING),
    "POST /docket/policies": roles(MARKETING, data={"grace_days": "90"}),
    "POST /docket/policies/delete": roles(MARKETING),
    "GET /docket/retired": roles(MARKETING),
    "POST /assets/<int:asset_id>/reviewed": asset(CHANGE),
    "GET /assets/<int:asset_id>/erase": asset(ERASE),
    "POST /assets/<int:asset_id>/erase": asset(ERASE),
    # Home and search.
    "GET /": roles(EVERYBODY),
    "GET /library": roles(EVERYBODY),
    "GET /search": roles(EVERYBODY),
    "GET /search/suggest": roles(EVERYBODY, query={"q": "cost"}),
    "GET /search/assets": roles(EVERYBODY, query={"q": "cost"}),
    # Requests: everybody sees and makes them, marketing answers.
    "GET /requests": roles(EVERYBODY),
    "GET /requests/new": (
        roles(EVERYBODY),
        deal(READ_DEAL, query={"deal": "{deal_id}"}),
    ),
    "POST /requests/new": (
        roles(EVERYBODY),
        deal(READ_DEAL, data={"title": "A sheet for dairies", "deal": "{deal_id}"}),
    ),
    "GET /requests/<int:request_id>": roles(EVERYBODY),
    "POST /requests/<int:request_id>/join": (
        roles(EVERYBODY),
        deal(READ_DEAL, path={"request_id": "{some_request_id}"}, data={"deal": "{deal_id}"}),
    ),
    "POST /requests/<int:request_id>/leave": roles(EVERYBODY),
    "POST /requests/<int:request_id>/take-on": roles(MARKETING),
    "POST /requests/<int:request_id>/answer": asset(
        CHANGE_BY_MARKETING,
        path={"request_id": "{some_request_id}"},
        data={"asset": "{asset_id}"},
    ),
    "POST /requests/<int:request_id>/decline": roles(MARKETING, data={"reason": "Too rare"}),
    "POST /requests/<int:request_id>/reopen": roles(MARKETING),
    "GET /requests/board": roles(EVERYBODY),
    # An assignee's own step is hers, too; see tests/requests/test_steps.py.
    "POST /requests/<int:request_id>/steps/<int:number>/done": roles(MARKETING),
    "POST /requests/<int:request_id>/steps/<int:number>/take-back": roles(MARKETING),
    "POST /requests/<int:request_id>/steps/<int:number>": roles(MARKETING),
    # Feedback: whoever sees an asset gives it, who may edit it resolves; each sees her own list.
    "GET /feedback": roles(EVERYBODY),
    "POST /assets/<int:asset_id>/rating": asset(READ, data={"stars": "4"}),
    "POST /assets/<int:asset_id>/rating/remove": asset(READ),
    "POST /assets/<int:asset_id>/flag": asset(READ, data={"reason": "out_of_date"}),
    "POST /assets/<int:asset_id>/flag/withdraw": asset(READ),
    "POST /assets/<int:asset_id>/flags/<int:flag_id>/resolve": asset(
        CHANGE, data={"state": "mended"}
    ),
    # Assets.
    "GET /assets/<int:asset_id>": asset(READ),
    "GET /assets/<int:asset_id>/pages/<int:page>": asset(READ),
    "GET /assets/<int:asset_id>/versions/<int:number>": asset(READ),
    "GET /assets/<int:asset_id>/versions/<int:number>/pages/<int:page>": asset(READ),
    "GET /assets/<int:asset_id>/versions/<int:number>/pages/<int:page>/preview-<int:width>.webp": (
        asset(READ, path={"width": 320})
    ),
    "GET /assets/<int:asset_id>/file": asset(READ),
    "GET /assets/<int:asset_id>/media": asset(READ),
    "GET /assets/<int:asset_id>/collect": asset(READ),
    "POST /assets/<int:asset_id>/collect": asset(READ, data={"title": "For the next call"}),
    "POST /assets/<int:asset_id>/use": (
        asset(READ, data={"deal": "{own_deal_id}"}),
        deal(READ_DEAL, path={"asset_id": "{some_asset_id}"}, data={"deal": "{deal_id}"}),
    ),
    "POST /home/say/<int:asset_id>": (
        asset(READ, data={"deal": "{own_deal_id}"}),
        deal(READ_DEAL, path={"asset_id": "{some_asset_id}"}, data={"deal": "{deal_id}"}),
    ),
    "GET /assets/<int:asset_id>/edit": asset(CHANGE),
    "POST /assets/<int:asset_id>/edit": asset(CHANGE),
    "GET /assets/<int:asset_id>/versions/new": asset(CHANGE),
    "POST /assets/<int:asset_id>/versions": asset(CHANGE),
    "POST /assets/<int:asset_id>/versions/<int:number>/current": asset(CHANGE),
    "POST /assets/<int:asset_id>/publish": asset(CHANGE),
    "POST /assets/<int:asset_id>/review": asset(CHANGE),
    "POST /assets/<int:asset_id>/draft": asset(CHANGE),
    "GET /assets/<int:asset_id>/retire": asset(CHANGE),
    "POST /assets/<int:asset_id>/retire": asset(CHANGE, data={"reason": "Out of date"}),
    "POST /assets/<int:asset_id>/restore": asset(CHANGE),
    "GET /assets/<int:asset_id>/replacements": asset(CHANGE),
    "GET /assets/describe": asset(CHANGE_BY_MARKETING, query={"asset": "{asset_id}"}),
    "POST /assets/describe": asset(CHANGE_BY_MARKETING, data={"asset": "{asset_id}"}),
    "GET /assets/table": asset(CHANGE_BY_MARKETING, query={"asset": "{asset_id}"}),
    "POST /assets/table": roles(MARKETING, json={"rows": []}),
    "POST /assets/<int:asset_id>/suggested": asset(CHANGE),
    "POST /assets/publish": asset(CHANGE_BY_MARKETING, data={"asset": "{asset_id}"}),
    "GET /upload": roles(MARKETING),
    "POST /upload": roles(MARKETING),
    "POST /upload/file": asset(CHANGE_BY_MARKETING, data={"asset": "{asset_id}", "file": FILE}),
    "POST /upload/kept": roles(MARKETING),
    "GET /upload/state": roles(MARKETING),
    # Collections.
    "GET /collections": roles(EVERYBODY),
    "GET /collections/new": roles(EVERYBODY),
    "POST /collections/new": roles(EVERYBODY),
    "GET /collections/add": asset(READ, query={"asset": "{asset_id}"}),
    "POST /collections/add": collection(
        CHANGE_COLLECTION, data={"asset": "{some_asset_id}", "collection": "{collection_id}"}
    ),
    "GET /collections/<int:collection_id>": collection(READ_COLLECTION),
    "GET /collections/<int:collection_id>/edit": collection(CHANGE_COLLECTION),
    "POST /collections/<int:collection_id>/edit": collection(CHANGE_COLLECTION),
    "POST /collections/<int:collection_id>/delete": collection(CHANGE_COLLECTION),
    "POST /collections/<int:collection_id>/move": collection(
        CHANGE_COLLECTION, data={"asset": "{some_asset_id}"}
    ),
    "POST /collections/<int:collection_id>/remove": collection(
        CHANGE_COLLECTION, data={"asset": "{some_asset_id}"}
    ),
    "POST /collections/<int:collection_id>/put-back": (
        collection(CHANGE_COLLECTION, data={"asset": "{some_asset_id}"}),
        asset(READ, path={"collection_id": "{own_collection_id}"}, data={"asset": "{asset_id}"}),
    ),
    # Deals and uses.
    "GET /deals": roles(EVERYBODY),
    "GET /deals/suggest": roles(EVERYBODY),
    "GET /deals/<int:deal_id>": deal(READ_DEAL),
    "GET /deals/import": roles(MANAGEMENT),
    "POST /deals/import": roles(MANAGEMENT),
    "GET /deals/import/<int:run_id>": roles(MANAGEMENT),
    "POST /deals/import/<int:run_id>": roles(MANAGEMENT),
    "GET /deals/import/<int:run_id>.csv": roles(MANAGEMENT),
    "POST /deals/<int:deal_id>/use": (
        deal(READ_DEAL, data={"asset": "{some_asset_id}"}),
        asset(READ, path={"deal_id": "{own_deal_id}"}, data={"asset": "{asset_id}"}),
    ),
    "GET /deals/<int:deal_id>/confirm": deal(READ_DEAL),
    "POST /deals/<int:deal_id>/confirm": deal(READ_DEAL),
    "GET /uses/<int:use_id>/correct": use(TAKE_BACK_USE),
    "POST /uses/<int:use_id>/correct": (
        use(TAKE_BACK_USE),
        deal(READ_DEAL, path={"use_id": "{own_use_id}"}, data={"deal": "{deal_id}"}),
    ),
    "POST /uses/<int:use_id>/retract": use(TAKE_BACK_USE),
    # Links and packs.
    "GET /shares": roles(EVERYBODY),
    "GET /shares/new": (
        asset(READ, query={"asset": "{asset_id}"}),
        deal(READ_DEAL, query={"asset": "{some_asset_id}", "deal": "{deal_id}"}),
        pack(OWN_ALONE, query={"pack": "{pack_id}"}),
    ),
    "POST /shares/new": (
        asset(READ, data={"asset": "{asset_id}", "recipient": "Anna Kern"}),
        deal(
            READ_DEAL,
            data={"asset": "{some_asset_id}", "deal": "{deal_id}", "recipient": "Anna Kern"},
        ),
        pack(OWN_ALONE, data={"pack": "{pack_id}", "recipient": "Anna Kern"}),
    ),
    "GET /shares/suggest": roles(EVERYBODY),
    "GET /shares/<int:share_id>": share(READ_SHARE),
    "GET /shares/<int:share_id>/openings": share(READ_SHARE),
    "POST /shares/<int:share_id>/off": share(CHANGE_SHARE),
    "POST /shares/<int:share_id>/renew": share(CHANGE_SHARE),
    "GET /packs": roles(EVERYBODY),
    "POST /packs": (
        roles(EVERYBODY, data={"title": "For the call"}),
        deal(READ_DEAL, data={"deal": "{deal_id}"}),
        asset(READ, data={"asset": "{asset_id}"}),
    ),
    "GET /packs/add": asset(READ, query={"asset": "{asset_id}"}),
    "GET /packs/<int:pack_id>": pack(OWN_ALONE),
    "POST /packs/<int:pack_id>": pack(OWN_ALONE, data={"title": "For the call"}),
    "POST /packs/<int:pack_id>/add": (
        pack(OWN_ALONE, data={"asset": "{some_asset_id}"}),
        asset(READ, path={"pack_id": "{own_pack_id}"}, data={"asset": "{asset_id}"}),
    ),
    "POST /packs/<int:pack_id>/order": pack(OWN_ALONE),
    "POST /packs/<int:pack_id>/remove": pack(OWN_ALONE),
    "POST /packs/<int:pack_id>/refresh": pack(OWN_ALONE),
    "POST /packs/<int:pack_id>/delete": pack(OWN_ALONE),
    "GET /packs/<int:pack_id>/file": pack(OWN_ALONE),
    "GET /admin/links": roles(ADMINS),
    "POST /admin/links": roles(ADMINS),
    # What a buyer opens; the link itself decides (tests/sharing).
    "GET /brand.css": PUBLIC,
    "GET /s/<token>": PUBLIC,
    "GET /s/<token>/<int:position>/<int:number>": PUBLIC,
    "GET /s/<token>/<int:position>/<int:number>/<int:width>.webp": PUBLIC,
    "GET /s/<token>/<int:position>/<int:number>/words": PUBLIC,
    "GET /s/<token>/<int:position>/media": PUBLIC,
    "GET /s/<token>/<int:position>/file": PUBLIC,
    "GET /s/<token>/recorded": PUBLIC,
    "POST /s/<token>/beat": PUBLIC,
    "POST /s/<token>/quiet": PUBLIC,
    "POST /s/<token>/passcode": PUBLIC,
    "POST /s/<token>/email": PUBLIC,
    "POST /s/<token>/code": PUBLIC,
    # Adaptations.
    "GET /adaptations": roles(EVERYBODY),
    "GET /adaptations/new": asset(READ, query={"asset": "{asset_id}"}),
    "GET /adaptations/sources": roles(EVERYBODY, query={"q": "cost"}),
    "POST /adaptations/file": asset(READ, data={"asset": "{asset_id}", "file": FILE}),
    "GET /adaptations/<int:adaptation_id>": adaptation(READ_ADAPTATION),
    "GET /adaptations/<int:adaptation_id>/file": adaptation(READ_ADAPTATION),
    "GET /adaptations/<int:adaptation_id>/pages/<int:page>/preview-<int:width>.webp": (
        adaptation(READ_ADAPTATION, path={"width": 320})
    ),
    "GET /adaptations/<int:adaptation_id>/edit": adaptation(CHANGE_ADAPTATION),
    "POST /adaptations/<int:adaptation_id>/confirm": (
        adaptation(CHANGE_ADAPTATION),
        asset(READ, path={"adaptation_id": "{own_adaptation_id}"}, data={"asset": "{asset_id}"}),
        deal(READ_DEAL, path={"adaptation_id": "{own_adaptation_id}"}, data={"deal": "{deal_id}"}),
    ),
    "POST /adaptations/<int:adaptation_id>/submit": adaptation(CHANGE_ADAPTATION),
    "POST /adaptations/<int:adaptation_id>/take-back": adaptation(CHANGE_ADAPTATION),
    "POST /adaptations/<int:adaptation_id>/remove": adaptation(CHANGE_ADAPTATION),
    "POST /adaptations/<int:adaptation_id>/retry": adaptation(CHANGE_ADAPTATION),
    "POST /adaptations/<int:adaptation_id>/use": (
        adaptation(CHANGE_ADAPTATION, data={"deal": "{own_deal_id}"}),
        deal(READ_DEAL, path={"adaptation_id": "{own_adaptation_id}"}, data={"deal": "{deal_id}"}),
    ),
    "POST /adaptations/<int:adaptation_id>/comments": adaptation(
        READ_ADAPTATION, data={"text": "Whose figures are these?"}
    ),
    "POST /adaptations/<int:adaptation_id>/accept": adaptation(REVIEW_ADAPTATION),
    "POST /adaptations/<int:adaptation_id>/merge": adaptation(
        REVIEW_ADAPTATION, data={"page": "1"}
    ),
    "POST /adaptations/<int:adaptation_id>/decline": adaptation(
        REVIEW_ADAPTATION, data={"reason": "Too special"}
    ),
    "POST /adaptations/<int:adaptation_id>/version": adaptation(
        REVIEW_ADAPTATION, data={"file": FILE}
    ),
    "POST /assets/<int:asset_id>/origin": asset(CHANGE),
    "GET /assets/<int:asset_id>/changes": asset(READ),
    "GET /assets/<int:asset_id>/changes.csv": asset(READ),
    "GET /current": roles(EVERYBODY),
    "POST /current": roles(EVERYBODY, data={"file": FILE}),
    "GET /current/<int:check_id>": file_check(OWN_ALONE),
    "GET /before-you-build": roles(EVERYBODY, query={"outline": "What downtime costs"}),
    "POST /before-you-build": roles(EVERYBODY, data={"file": FILE}),
    "GET /before-you-build/<int:check_id>": file_check(OWN_ALONE),
    "GET /reports/changes": roles(EVERYBODY),
    # Reports; what they count is the person's own, where she may not read all.
    "GET /reports": roles(EVERYBODY),
    "GET /reports/overview": roles(EVERYBODY),
    "GET /reports/assets": roles(EVERYBODY),
    "GET /reports/search": roles(EVERYBODY),
    "GET /reports/ignored": roles(EVERYBODY),
    "GET /reports/definitions": roles(EVERYBODY),
    "GET /reports/coverage": roles(EVERYBODY),
    "GET /reports/adoption": roles(EVERYBODY),
    "GET /reports/assets/<int:asset_id>": asset(READ),
    "GET /reports/<name>.csv": roles(EVERYBODY, path={"name": "overview"}),
    "GET /reports/<name>.xlsx": roles(EVERYBODY, path={"name": "overview"}),
    "GET /reports/mail/<token>": PUBLIC,
    "POST /reports/mail/<token>": SIGNED,
    "GET /reports/mails": roles(EVERYBODY),
    "GET /reports/readers": roles(EVERYBODY),
    "POST /reports/views": roles(EVERYBODY, data={"report": "overview", "name": "Mine"}),
    "POST /reports/views/<int:view_id>/forget": roles("----", path={"view_id": 9999}),
    "POST /reports/<name>/mail": roles(
        EVERYBODY,
        path={"name": "overview"},
        data={"rhythm": "weekly", "weekday": "0", "hour": "7"},
    ),
    "POST /reports/mails/<int:schedule_id>/end": roles("----", path={"schedule_id": 9999}),
    "GET /reports/<name>/mail": roles(EVERYBODY, path={"name": "overview"}),
    "GET /reports/assets/<int:asset_id>/mail": asset(READ),
    "POST /reports/assets/<int:asset_id>/mail": asset(
        READ, data={"rhythm": "weekly", "weekday": "0", "hour": "7"}
    ),
    "GET /explain/<metric>": asset(READ, path={"metric": "views"}, query={"asset": "{asset_id}"}),
    "GET /explain/<metric>.csv": asset(
        READ, path={"metric": "views"}, query={"asset": "{asset_id}"}
    ),
    "GET /reports/assets/<int:asset_id>.csv": asset(READ),
    "GET /reports/assets/<int:asset_id>.xlsx": asset(READ),
    "GET /explain/people/<metric>": roles(EVERYBODY, path={"metric": "views"}),
    "GET /explain/people/<metric>.csv": roles(EVERYBODY, path={"metric": "views"}),
    "GET /explain/report/<metric>": roles(EVERYBODY, path={"metric": "hours"}),
    "GET /explain/report/<metric>.csv": roles(EVERYBODY, path={"metric": "hours"}),
    # The API; each is asked with a token of the person's.
    "POST /api/v1/assets": roles(MARKETING, data={"file": FILE}),
    "GET /api/v1/assets/<int:asset_id>": asset(READ),
    "PATCH /api/v1/assets/<int:asset_id>": asset(CHANGE, json={"title": "Another title"}),
    "POST /api/v1/assets/<int:asset_id>/publish": asset(CHANGE),
    "POST /api/v1/assets/<int:asset_id>/versions": asset(CHANGE, data={"file": FILE}),
    "GET /api/v1/assets/<int:asset_id>/versions/<int:number>": asset(READ),
    "GET /api/v1/assets/<int:asset_id>/versions/<int:number>/pages": asset(READ),
    "GET /api/v1/assets/<int:asset_id>/versions/<int:number>/pages/<int:page>/preview": (
        asset(READ)
    ),
    "GET /api/v1/assets": roles(EVERYBODY),
    "GET /api/v1/assets/<int:asset_id>/file": asset(READ),
    "GET /api/v1/docket": roles(MARKETING),
    "POST /api/v1/docket/<int:asset_id>/decision": asset(
        CHANGE_BY_MARKETING, json={"decision": "mend"}
    ),
    "POST /api/v1/assets/<int:asset_id>/retire": asset(CHANGE, json={"reason": "Out of date"}),
    "POST /api/v1/assets/<int:asset_id>/restore": asset(CHANGE),
    "GET /api/v1/deals": roles(EVERYBODY),
    "GET /api/v1/deals/<crm_id:deal>": deal(READ_DEAL),
    "PUT /api/v1/deals/<crm_id:deal>": roles(
        MANAGEMENT, path={"deal": "D-4711"}, json={"name": "Hollis Dairy"}
    ),
    "POST /api/v1/deals/<crm_id:deal>/uses": (
        deal(READ_DEAL, json={"asset": "{some_asset_id}"}),
        asset(READ, path={"deal": "{own_deal_id}"}, json={"asset": "{asset_id}"}),
    ),
    "GET /api/v1/deals/<crm_id:deal>/suggestions": deal(READ_DEAL),
    "GET /api/v1/requests": roles(EVERYBODY),
    "POST /api/v1/requests": (
        roles(EVERYBODY, json={"title": "A case study for dairies"}),
        deal(READ_DEAL, json={"title": "A case study", "deal": "{deal_id}"}),
    ),
    "POST /api/v1/shares": (
        asset(READ, json={"assets": ["{asset_id}"], "recipient": "Anna Kern"}),
        deal(
            READ_DEAL,
            json={"assets": ["{some_asset_id}"], "recipient": "Anna", "deal": "{deal_id}"},
        ),
    ),
    "GET /api/v1/shares/<int:share_id>": share(READ_SHARE),
    "DELETE /api/v1/shares/<int:share_id>": share(CHANGE_SHARE),
    "POST /api/v1/deals/import": roles(MANAGEMENT, data={"file": FILE}),
    "POST /api/v1/events/import": roles(ADMINS),
    "GET /api/v1/webhooks": roles(ADMINS),
    "POST /api/v1/webhooks": roles(ADMINS),
    "GET /api/v1/webhooks/<int:webhook_id>": roles(ADMINS),
    "PATCH /api/v1/webhooks/<int:webhook_id>": roles(ADMINS),
    "DELETE /api/v1/webhooks/<int:webhook_id>": roles(ADMINS),
    "POST /api/v1/webhooks/<int:webhook_id>/secret": roles(ADMINS),
    "POST /api/v1/webhooks/<int:webhook_id>/try": roles(ADMINS),
    "GET /api/v1/webhooks/<int:webhook_id>/deliveries": roles(ADMINS),
    "POST /api/v1/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/again": roles(ADMINS),
    "GET /api/v1/reports/overview": roles(EVERYBODY),
    "GET /api/v1/reports/assets": roles(EVERYBODY),
    "GET /api/v1/reports/search": roles(EVERYBODY),
    "GET /api/v1/reports/ignored": roles(EVERYBODY),
    "GET /api/v1/reports/coverage": roles(EVERYBODY),
    "GET /api/v1/reports/adoption": roles(EVERYBODY),
    "GET /api/v1/reports/changes": roles(EVERYBODY),
    "GET /api/v1/reports/influence": roles(EVERYBODY),
    "GET /api/v1/reports/worth": roles(EVERYBODY),
    "GET /api/v1/reports/assets/<int:asset_id>": asset(READ),
    "GET /api/v1/explain/<metric>": asset(
        READ, path={"metric": "views"}, query={"asset": "{asset_id}"}
    ),
    "POST /api/v1/identify": roles(EVERYBODY, data={"file": FILE}),
    "GET /api/v1/identify/<int:check_id>": file_check(OWN_ALONE),
    "POST /api/v1/adaptations": (
        asset(READ, data={"file": FILE, "source": "{asset_id}"}),
        deal(READ_DEAL, data={"file": FILE, "deal": "{deal_id}"}),
    ),
    "GET /api/v1/adaptations/<int:adaptation_id>": adaptation(READ_ADAPTATION),
    "POST /api/v1/adaptations/<int:adaptation_id>/accept": adaptation(REVIEW_ADAPTATION),
    "POST /api/v1/adaptations/<int:adaptation_id>/merge": adaptation(
        REVIEW_ADAPTATION, json={"pages": [1]}
    ),
    "POST /api/v1/adaptations/<int:adaptation_id>/decline": adaptation(
        REVIEW_ADAPTATION, json={"reason": "Too special"}
    ),
}
