"""The objects that the permission matrix asks about, made anew for each question."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from collateral.accounts import tokens
from collateral.accounts.models import Person, Role
from collateral.adaptations.models import Adaptation, AdaptationPage, FileCheck, Purpose
from collateral.adaptations.models import Status as Adapted
from collateral.adaptations.relations import Change
from collateral.assets.models import (
    Asset,
    Collection,
    CollectionKind,
    ReadingState,
    Status,
    Vocabulary,
)
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal, ImportRun, ImportState
from collateral.notify.models import Delivery, Notice, WebhookOut
from collateral.notify.webhooks import try_out
from collateral.requests.models import Request, RequestState
from collateral.requests.models_feedback import Flag, FlagReason
from collateral.requests.notices import ASKED
from collateral.sharing import operations as sharing
from collateral.sharing import packing
from collateral.sharing.operations import Asking, Wishes
from collateral.storage import storage
from collateral.usage import operations as usage
from tests.factories import make_asset, make_person, make_team, make_term

_numbers = itertools.count(1)


def asset(actor: Person, situation: str) -> dict[str, int]:
    """An asset in that situation; its first page has a picture."""
    other = make_person(Role.MARKETER, teams=[make_team()])
    made = make_asset(
        owner=actor if situation.startswith("own") else other,
        status=(
            Status.DRAFT
            if "draft" in situation
            else Status.RETIRED
            if "retired" in situation
            else Status.PUBLISHED
        ),
        teams=other.teams if "team's" in situation else (),
    )
    if made.status is Status.RETIRED:
        made.retired_from, made.retired_at = Status.PUBLISHED, now()
    assert made.current_version is not None
    picture = storage().put(io.BytesIO(b"a picture"))
    for page in made.current_version.pages:
        page.preview_320 = page.preview_1280 = picture.sha256
    flag = Flag(
        asset_id=made.id,
        version_id=made.current_version.id,
        by_id=other.id,
        reason=FlagReason.OUT_OF_DATE,
        at=now(),
    )
    db.session.add(flag)
    db.session.commit()
    return {
        "asset_id": made.id,
        "version_id": made.current_version.id,
        "flag_id": flag.id,
    }


def _deal(actor: Person, situation: str) -> Deal:
    owner = actor
    if situation == "a team mate's":
        owner = make_person(Role.REP, teams=actor.teams)
    elif situation != "own":
        owner = make_person(Role.REP, teams=[make_team()])
    made = Deal(external_id=f"D-{next(_numbers)}", name="Hollis Dairy", owner_id=owner.id)
    db.session.add(made)
    db.session.commit()
    return made


def deal(actor: Person, situation: str) -> dict[str, int]:
    made = _deal(actor, situation)
    return {"deal_id": made.id, "deal": made.id}


def seen_by(actor: Person) -> dict[str, int]:
    """A deal and an asset that the person sees, for routes that take one of them besides."""
    return {
        "own_deal_id": _deal(actor, "own").id,
        "own_collection_id": collection(actor, "own")["collection_id"],
        "own_pack_id": pack(actor, "own")["pack_id"],
        "own_adaptation_id": adaptation(actor, "own private")["adaptation_id"],
        "own_use_id": use(actor, "own")["use_id"],
        "some_asset_id": asset(actor, "another's")["asset_id"],
        "some_request_id": request(),
    }


def request() -> int:
    """A request that somebody took on, so that every step is a step on."""
    by = make_person(Role.REP)
    made = Request(
        title="A sheet for dairies",
        state=RequestState.TAKEN_ON,
        by_id=by.id,
        maker_id=by.id,
        due_on=now().date(),
        at=now(),
        changed_at=now(),
    )
    db.session.add(made)
    db.session.commit()
    return made.id


def use(actor: Person, situation: str) -> dict[str, int]:
    """A use by whom the deal belongs to."""
    where = _deal(actor, situation)
    by = db.session.get_one(Person, where.owner_id)
    what = db.session.get_one(Asset, asset(make_person(Role.MARKETER), "another's")["asset_id"])
    made = usage.declare_use(what, where, by=by, at=now())
    db.session.commit()
    return {"use_id": made.id}


def share(actor: Person, situation: str) -> dict[str, int]:
    """A link, made by whom the deal belongs to."""
    where = _deal(actor, "another's" if situation == "without a deal" else situation)
    by = db.session.get_one(Person, where.owner_id)
    what = db.session.get_one(Asset, asset(make_person(Role.MARKETER), "another's")["asset_id"])
    made, _token = sharing.create(
        [what],
        Wishes(recipient="Anna Kern"),
        by=by,
        at=now(),
        asking=Asking(session_key=None, user_agent=""),
        deal=None if situation == "without a deal" else where,
    )
    db.session.commit()
    return {"share_id": made.id}


def pack(actor: Person, situation: str) -> dict[str, int]:
    """A pack with one member."""
    owner = actor if situation == "own" else make_person(Role.REP)
    what = db.session.get_one(Asset, asset(make_person(Role.MARKETER), "another's")["asset_id"])
    made = packing.create("For the call", by=owner, at=now())
    packing.add(made, what, by=owner, at=now())
    db.session.commit()
    return {"pack_id": made.id}


def collection(actor: Person, situation: str) -> dict[str, int]:
    """A set put together by hand."""
    kind = {"shared": CollectionKind.SHARED, "featured": CollectionKind.FEATURED}
    made = Collection(
        title="For the next call",
        kind=kind.get(situation, CollectionKind.PERSONAL),
        owner_id=actor.id if situation == "own" else make_person(Role.MARKETER).id,
    )
    db.session.add(made)
    db.session.commit()
    return {"collection_id": made.id}


def adaptation(actor: Person, situation: str) -> dict[str, int]:
    """One that was confirmed; submitted but for the private one. Its page has a picture."""
    maker = actor if situation.startswith("own") else make_person(Role.REP)
    source = make_asset()
    kept = storage().put(io.BytesIO(b"what the rep made of it"))
    made = Adaptation(
        title="For the water utility",
        person_id=maker.id,
        asset_id=source.id,
        source_version_id=source.current_version_id,
        status=Adapted.PRIVATE if situation.endswith("private") else Adapted.SUBMITTED,
        confirmed_at=now(),
        traced_at=now(),
        state=ReadingState.READY,
        sha256=kept.sha256,
        bytes=kept.size,
        filename="final_v7_ACME.pptx",
        media_type="application/octet-stream",
        family="deck",
        label="PowerPoint deck",
        page_count=1,
        pages=[AdaptationPage(number=1, preview_320=kept.sha256, change=Change.EDITED)],
    )
    db.session.add(made)
    db.session.commit()
    return {"adaptation_id": made.id}


def file_check(actor: Person, situation: str) -> dict[str, int]:
    """An answer about a file that is not kept."""
    by = actor if situation == "own" else make_person(Role.REP)
    made = FileCheck(
        person_id=by.id,
        purpose=Purpose.CURRENT,
        filename="deck.pptx",
        digest="0" * 64,
        label="PowerPoint deck",
        state=ReadingState.FAILED,
        error="This PowerPoint deck is damaged and cannot be opened.",
    )
    db.session.add(made)
    db.session.commit()
    return {"check_id": made.id}


def notice(actor: Person, situation: str) -> dict[str, int]:
    to = actor if situation == "own" else make_person(Role.REP)
    facts = {"name": "Rosa Ruiz", "title": "A sheet for dairies", "request": request()}
    made = Notice(person_id=to.id, kind=ASKED.name, facts=facts, at=now())
    db.session.add(made)
    db.session.commit()
    return {"notice_id": made.id}


def token(actor: Person, situation: str) -> dict[str, int]:
    person = actor if situation == "own" else make_person(Role.REP)
    made, _text = tokens.create(person, "Script", ["read"], by=person, at=now())
    db.session.commit()
    return {"token_id": made.id}


KINDS: dict[str, Callable[[Person, str], dict[str, int]]] = {
    "": lambda _actor, _situation: {},
    "asset": asset,
    "deal": deal,
    "use": use,
    "notice": notice,
    "token": token,
    "collection": collection,
    "adaptation": adaptation,
    "file_check": file_check,
    "share": share,
    "pack": pack,
}


def _run() -> int:
    run = ImportRun(filename="deals.csv", state=ImportState.DONE)
    db.session.add(run)
    db.session.commit()
    return run.id


def webhook() -> WebhookOut:
    """One that tells a machine which is not called."""
    made = db.session.scalar(select(WebhookOut))
    if made is None:
        admin = make_person(Role.ADMIN)
        made = WebhookOut(
            address="http://127.0.0.1/", kinds=["asset.published"], sealed="", by_id=admin.id
        )
        db.session.add(made)
    made.active = True  # whoever tried every address may have switched it off
    db.session.commit()
    return made


def delivery() -> int:
    """A message to that webhook."""
    try_out(webhook(), at=now())
    db.session.commit()
    return db.session.scalars(select(Delivery.id).order_by(Delivery.id.desc())).first() or 0


# What an address names whose sight does not depend on the person.
SOME: dict[str, Callable[[], Any]] = {
    "person_id": lambda: make_person(Role.REP).id,
    "team_id": lambda: make_team().id,
    "term_id": lambda: make_term(Vocabulary.PRODUCT, f"predict-{next(_numbers)}").id,
    "version_id": lambda: asset(make_person(Role.MARKETER), "another's")["version_id"],
    "request_id": request,
    "run_id": _run,
    "session_id": lambda: 999_999,
    "number": lambda: 1,
    "position": lambda: 1,
    "width": lambda: 320,
    "page": lambda: 1,
    "webhook_id": lambda: webhook().id,
    "delivery_id": delivery,
    "name": lambda: "crm",
    "token": lambda: "not-a-token",
}
