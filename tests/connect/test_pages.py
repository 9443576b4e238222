"""The pages of connections, as an admin uses them."""

from __future__ import annotations

from sqlalchemy import select

from collateral.accounts.models import Role
from collateral.connect import settling
from collateral.connect.models import Connection, Crm
from collateral.db import db
from tests.connect.libraries import Library
from tests.connect.worlds import AT
from tests.factories import make_person
from tests.support import Visitor


def test_an_admin_sees_real_deals_tries_fields_keeps_them_and_fetches(library: Library) -> None:
    admin = Visitor(library.app).as_(make_person(Role.ADMIN))
    place = f"/admin/connections/{library.world.source}"
    assert "Nothing was fetched yet" in admin.get(place).text
    admin.post(f"{place}/look")
    page = admin.get(f"{place}/fields").text
    assert "Deal 9" in page
    assert "Nobody here" in page
    # Tried: an amount for a name shows at once, and nothing is kept.
    amount = {"salesforce": "Amount", "hubspot": "amount"}[library.world.source]
    said = {"field-name": amount, "currency": "EUR", "act": "try"}
    assert "1009.5" in admin.post(f"{place}/fields", data=said).text
    db.session.expire_all()
    assert library.connection.fields["name"] != amount
    refused = admin.post(f"{place}/fields", data={**said, "currency": "gold", "act": "keep"})
    assert refused.status_code == 400
    assert "is no currency" in refused.text
    name = {"salesforce": "Name", "hubspot": "dealname"}[library.world.source]
    stages = {"stage-word": ["Closed won"], "stage-means": ["lost"]}
    kept = admin.post(f"{place}/fields", data={"field-name": name, "act": "keep", **stages})
    assert kept.status_code == 303
    admin.post(f"{place}/sync")
    done = admin.get(place).text
    assert "Complete" in done
    assert "bob@example.com" in done
    admin.post(f"{place}/switch", data={"fetch": "on", "notes": "on"})
    db.session.expire_all()
    assert (library.connection.active, library.connection.writes_since is None) == (True, False)


def test_access_is_kept_sealed_and_never_shown(library: Library) -> None:
    kind = library.world.source
    db.session.delete(library.connection)
    db.session.commit()
    admin = Visitor(library.app).as_(make_person(Role.ADMIN))
    place = f"/admin/connections/{kind}/access"
    said = {"client_id": "an id", "client_secret": "very secret", "refresh_token": "r"}
    for elsewhere in ("http://169.254.169.254", "[acme"):
        assert admin.post(place, data={**said, "address": elsewhere}).status_code == 400
    assert db.session.scalars(select(Connection)).all() == []
    address = "acme.my.salesforce.com" if kind == Crm.SALESFORCE else ""
    missing = admin.post(place, data={"address": address, "client_id": "an id"})
    assert missing.status_code == 400
    settling.set_up(
        Crm(kind), address, said, by=None, at=AT,
        installation=library.app.extensions["settings"].secret_key,
    )  # fmt: skip
    db.session.commit()
    assert "very secret" not in db.session.scalars(select(Connection.sealed)).one()
    assert "very secret" not in admin.get(place).text
