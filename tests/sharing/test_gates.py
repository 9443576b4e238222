"""The passcode, the code by mail, the list of addresses, and how often one may try."""

from __future__ import annotations

import email as mails
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from collateral.accounts.models import Person
from collateral.clock import later, now
from collateral.db import db
from collateral.errors import Invalid
from collateral.sharing import operations, rules
from collateral.sharing.models import GateCode
from collateral.sharing.operations import Wishes
from tests.sharing.conftest import Buyer, kept, make_drawn, share_of


def mailed(app: Flask) -> list[tuple[str, str]]:
    """To whom mails went, and the codes in them."""
    folder: Path = app.extensions["settings"].home / "mail"
    found = []
    for path in sorted(folder.glob("*.eml")):
        message = mails.message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        words = body.get_content().split()
        found.append((str(message["To"]), next(w for w in words if len(w) == 6 and w.isdigit())))
    return found


def reads_nothing(buyer: Buyer, token: str) -> None:
    """Every route beneath the link is closed to who stands at the gate."""
    for path in ("/1/1/1280.webp", "/1/1/320.webp", "/1/1/words", "/1/file"):
        assert buyer.get(f"/s/{token}{path}").status_code == 404
    assert "Payback" not in buyer.get(f"/s/{token}").text
    assert "Payback" not in buyer.get(f"/s/{token}/1/2").text


def test_a_passcode_opens_the_link_and_nothing_else_does(
    app: Flask, rep: Person, buyer: Buyer
) -> None:
    asset = make_drawn()
    share, token = share_of([asset], rep, passcode="nineteen days", download=True)
    assert share.passcode_hash is not None
    assert share.passcode_hash.startswith("$argon2id$")
    assert PasswordHasher().verify(share.passcode_hash, "nineteen days")
    reads_nothing(buyer, token)
    wrong = buyer.sends(token, "passcode", passcode="nineteen nights")
    assert wrong.status_code == 400
    assert "This is not the passcode" in wrong.text
    reads_nothing(buyer, token)
    assert buyer.sends(token, "passcode", passcode=" nineteen days ").status_code == 303
    picture = buyer.get(f"/s/{token}/1/1/1280.webp")
    assert asset.current_version is not None
    assert picture.data == kept(asset.current_version.pages[0].preview_1280)
    # What was shown for one link opens no other.
    other, other_token = share_of([asset], rep, passcode="nineteen days")
    cookie = buyer.client.get_cookie(f"link{share.id}", path="/s")
    assert cookie is not None
    buyer.client.set_cookie(f"link{other.id}", cookie.value, path="/s")
    reads_nothing(buyer, other_token)
    # A new address asks anew.
    fresh = operations.renew(share, by=rep, at=now())
    db.session.commit()
    assert buyer.get(f"/s/{token}").status_code == 404
    reads_nothing(buyer, fresh)


def test_t30_guessing_a_passcode_is_slowed_down(app: Flask, rep: Person, buyer: Buyer) -> None:
    _share, token = share_of([make_drawn()], rep, passcode="nineteen days")
    answers = [buyer.sends(token, "passcode", passcode=f"guess {n}") for n in range(11)]
    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    # The right one has to wait as well, or the wait would tell which it is.
    assert buyer.sends(token, "passcode", passcode="nineteen days").status_code == 429


def test_an_address_is_proved_by_a_code_that_works_once(
    app: Flask, rep: Person, buyer: Buyer
) -> None:
    share, token = share_of(
        [make_drawn()], rep, allowed="anna@hollis.example, vantor.example", download=True
    )
    assert share.email_gate
    reads_nothing(buyer, token)
    answers = {
        address: buyer.sends(token, "email", email=address)
        for address in ("Anna@Hollis.example", "eve@hollis.example", "eve@sub.vantor.example")
    }
    assert {answer.status_code for answer in answers.values()} == {200}
    same = {
        answer.text.replace(address.lower(), "…").split("<main")[1].split("csrf_token")[0]
        for address, answer in answers.items()
    }
    assert len(same) == 1  # nobody learns who is on the list
    [(to, code)] = mailed(app)
    assert to == "anna@hollis.example"
    stored = str(db.session.execute(GateCode.__table__.select()).all())
    assert code not in stored
    assert "anna@hollis" not in stored
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert buyer.sends(token, "code", email="anna@hollis.example", code=wrong).status_code == 400
    assert buyer.sends(token, "code", email="eve@hollis.example", code=code).status_code == 400
    right = buyer.sends(token, "code", email="anna@hollis.example", code=f"{code[:3]} {code[3:]}")
    assert right.status_code == 303
    assert buyer.get(f"/s/{token}/1/1/320.webp").status_code == 200
    second = Buyer(app.test_client())
    assert second.sends(token, "code", email="anna@hollis.example", code=code).status_code == 400
    reads_nothing(second, token)
    # Taken off the list, she is out at once.
    share.allowed = ["vantor.example"]
    db.session.commit()
    reads_nothing(buyer, token)


def test_a_visit_behind_the_gate_bears_the_address(app: Flask, rep: Person, buyer: Buyer) -> None:
    from collateral.sharing import visited

    share, token = share_of(
        [make_drawn()], rep, recipient_email="anna@hollis.example", email_gate=1
    )
    buyer.sends(token, "email", email="anna@hollis.example")
    buyer.sends(token, "code", email="anna@hollis.example", code=mailed(app)[0][1])
    buyer.reads(token, (1, 1, 1.0))
    assert [visit.email for visit in visited.visits_of([share.id])] == ["anna@hollis.example"]


def test_a_code_lives_for_a_quarter_of_an_hour_and_five_tries(
    app: Flask, rep: Person, buyer: Buyer
) -> None:
    _share, token = share_of([make_drawn()], rep, email_gate=True)
    buyer.sends(token, "email", email="anna@hollis.example")
    [(_to, code)] = mailed(app)
    with later(timedelta(minutes=16)):
        late = buyer.sends(token, "code", email="anna@hollis.example", code=code)
        assert late.status_code == 400
    for _ in range(5):
        buyer.sends(token, "code", email="anna@hollis.example", code="x")
    assert buyer.sends(token, "code", email="anna@hollis.example", code=code).status_code == 400


def test_t30_codes_are_not_mailed_without_end(app: Flask, rep: Person, buyer: Buyer) -> None:
    _share, token = share_of([make_drawn()], rep, email_gate=True)
    answers = [buyer.sends(token, "email", email="anna@hollis.example") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert len(mailed(app)) == 3


@pytest.mark.parametrize(
    ("origin", "site", "passes"),
    [
        ("null", "same-origin", True),
        ("null", "cross-site", False),
        ("null", None, False),
        ("https://evil.example", "same-origin", False),
    ],
)
def test_t06_the_gate_takes_forms_of_our_own_pages_alone(
    app: Flask, rep: Person, buyer: Buyer, origin: str, site: str | None, passes: bool
) -> None:
    _share, token = share_of([make_drawn()], rep, passcode="nineteen days")
    page = buyer.get(f"/s/{token}").text
    csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
    headers = {"Origin": origin} | ({"Sec-Fetch-Site": site} if site else {})
    answer = buyer.client.post(
        f"/s/{token}/passcode",
        data={"passcode": "nineteen days", "csrf_token": csrf},
        headers=headers,
    )
    assert answer.status_code == (303 if passes else 403)


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"recipient": "  "}, "recipient"),
        ({"recipient_email": "anna"}, "recipient_email"),
        ({"passcode": "short"}, "passcode"),
        ({"allowed": "hollis.example, not a domain!"}, "allowed"),
        ({"expires_at": "past"}, "expires_on"),
    ],
)
def test_bad_wishes_are_refused_by_field(
    app: Flask, rep: Person, wishes: dict[str, object], field: str
) -> None:
    if wishes.get("expires_at") == "past":
        wishes = {"expires_at": now() - timedelta(minutes=1)}
    with pytest.raises(Invalid) as error:
        share_of([make_drawn()], rep, **wishes)
    assert list(error.value.fields) == [field]


word = st.text("abcxyz019", min_size=1, max_size=8)


@given(names=st.lists(word, min_size=1, max_size=4), domain=word, own=st.booleans())
def test_the_list_lets_in_exactly_whom_it_names(names: list[str], domain: str, own: bool) -> None:
    domain = f"{domain}.example"
    entries = [domain] if own else [f"{name}@{domain}" for name in names]
    allowed, bad = rules.allow_list(" ,\n".join(entries).upper())
    assert bad == []
    for name in names:
        assert rules.may_enter(f"{name}@{domain}", allowed, "")
        assert not rules.may_enter(f"{name}@not-{domain}", allowed, "")
        assert not rules.may_enter(f"{name}@{domain}.evil.example", allowed, "")
    assert rules.may_enter(f"somebody-else@{domain}", allowed, "") is own
    assert not rules.may_enter("", allowed, "")


def test_wishes_without_a_list_let_in_the_recipient_alone() -> None:
    assert Wishes(recipient="Anna").allowed == ""
    assert rules.may_enter("anna@hollis.example", [], "anna@hollis.example")
    assert not rules.may_enter("eve@hollis.example", [], "anna@hollis.example")
    assert rules.may_enter("anybody@else.example", [], "")
