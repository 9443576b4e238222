"""People, roles and teams."""

from __future__ import annotations

import pytest
from flask import Flask

from collateral.accounts import operations, queries
from collateral.accounts.cleaning import clean_email, clean_name
from collateral.accounts.models import AuditEntry, Person, Role, Team
from collateral.accounts.queries import PeopleFilter
from collateral.db import db
from collateral.errors import Conflict, Invalid, WrongState
from tests.accounts.people import PASSWORD, is_signed_in, link_in, mails
from tests.factories import make_asset, make_person, make_team
from tests.support import Visitor, counted_queries


def actions() -> list[str]:
    return [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]


def test_an_address_is_kept_in_lower_case_and_once(app: Flask) -> None:
    person = operations.add_person(" Maja.Brandt@Kelvane.example ", "", [Role.REP], by=None)
    db.session.commit()
    assert (person.email, person.name) == ("maja.brandt@kelvane.example", "maja.brandt")
    with pytest.raises(Conflict):
        operations.add_person("MAJA.BRANDT@kelvane.example", "Maja", [Role.REP], by=None)


@pytest.mark.parametrize("email", ["", "maja", "maja@", "a b@c.de", "a\x00@b.de", "a@b.de\nBcc: x"])
def test_what_is_no_address_is_refused(app: Flask, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        operations.add_person(email, "Maja", [Role.REP], by=None)
    assert "email" in refused.value.fields


@pytest.mark.parametrize("email", ["maja@intranet.local", "admin@localhost", "a@kelvane.test"])
def test_an_address_in_a_company_s_own_network_is_taken(email: str) -> None:
    assert clean_email(email) == email


def test_names_lose_their_line_breaks() -> None:
    assert clean_name(" Maja\r\nBcc: x\x00  Brandt ") == "Maja Bcc: x Brandt"


def test_a_person_needs_a_role(app: Flask) -> None:
    with pytest.raises(Invalid):
        operations.add_person("maja@example.com", "Maja", [], by=None)


def test_a_person_may_have_several_roles_and_the_trail_says_so(app: Flask) -> None:
    admin, person = make_person(Role.ADMIN), make_person(Role.REP)
    assert operations.change_roles(person, [Role.MARKETER, Role.MANAGER], by=admin)
    assert not operations.change_roles(person, [Role.MANAGER, Role.MARKETER], by=admin)
    db.session.commit()
    assert person.roles == {Role.MARKETER, Role.MANAGER}
    entry = db.session.query(AuditEntry).one()
    assert (entry.action, entry.actor_id, entry.object_id) == (
        "person.roles_changed",
        admin.id,
        person.id,
    )
    assert entry.detail == {"before": ["rep"], "after": ["manager", "marketer"]}


def test_the_last_admin_stays_admin(app: Flask) -> None:
    admin, second = make_person(Role.ADMIN), make_person(Role.ADMIN)
    operations.switch_off(second, by=admin)
    db.session.commit()
    with pytest.raises(WrongState, match="needs an admin"):
        operations.change_roles(admin, [Role.REP], by=admin)
    db.session.rollback()
    assert db.session.get_one(Person, admin.id).roles == {Role.ADMIN}


def test_nobody_switches_their_own_account_off(app: Flask) -> None:
    admin = make_person(Role.ADMIN)
    make_person(Role.ADMIN)
    with pytest.raises(WrongState):
        operations.switch_off(admin, by=admin)


def test_a_team_that_is_needed_stays(app: Flask) -> None:
    admin, team = make_person(Role.ADMIN), make_team("North")
    person = make_person(Role.REP, teams=[team])
    with pytest.raises(WrongState, match="members"):
        operations.remove_team(team, by=admin)
    operations.change_teams(person, [], by=admin)
    make_asset(teams=[team])
    db.session.expire_all()
    with pytest.raises(WrongState, match="Assets or deals"):
        operations.remove_team(team, by=admin)
    db.session.rollback()
    assert db.session.query(Team).count() == 1


def test_an_admin_invites_somebody_by_mail(app: Flask, visitor: Visitor) -> None:
    admin, team = make_person(Role.ADMIN, name="Karim Aziz"), make_team("North")
    answer = visitor.as_(admin).post(
        "/admin/people/invite",
        data={
            "name": "Maja Brandt",
            "email": "maja@kelvane.example",
            "roles": ["rep", "manager"],
            "teams": [str(team.id)],
        },
    )
    assert answer.status_code == 303
    person = queries.by_email("maja@kelvane.example")
    assert person is not None
    assert person.roles == {Role.REP, Role.MANAGER}
    assert [one.name for one in person.teams] == ["North"]
    (mail,) = mails(app)
    assert "Karim Aziz" in mail
    client = app.test_client()
    page = client.get(link_in(mail)).text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    client.post(link_in(mail), data={"csrf_token": token, "password": PASSWORD})
    assert is_signed_in(client)
    assert actions() == ["person.added", "person.password_changed", "person.signed_in"]


def test_an_invitation_that_is_refused_keeps_what_was_typed(visitor: Visitor) -> None:
    admin = make_person(Role.ADMIN)
    make_person(Role.REP, email="maja@kelvane.example")
    client = visitor.as_(admin)
    data = {"name": "Maja Brandt", "email": "maja@kelvane.example", "roles": ["rep"]}
    answer = client.post("/admin/people/invite", data=data)
    assert answer.status_code == 409
    assert "Somebody has this address already." in answer.text
    assert 'value="Maja Brandt"' in answer.text
    answer = client.post("/admin/people/invite", data={**data, "roles": ["king"]})
    assert answer.status_code == 400


def test_the_list_finds_by_words_role_team_and_state(app: Flask) -> None:
    team = make_team("North")
    maja = make_person(Role.REP, name="Maja Brandt", teams=[team])
    karim = make_person(Role.ADMIN, Role.MARKETER, name="Karim 100% Aziz")
    gone = make_person(Role.REP, name="Otto Alt")
    gone.active = False
    db.session.commit()

    def found(**wanted: object) -> list[str]:
        return [person.name for person in queries.people(PeopleFilter(**wanted), 1)[0]]  # type: ignore[arg-type]

    assert found() == [karim.name, maja.name]
    assert found(words="brandt MAJA") == [maja.name]
    assert found(words="100%") == [karim.name]
    maja.name = "Özlem Weiß"
    db.session.commit()
    assert found(words="özlem WEIß") == found(words="ÖZ") == [maja.name]
    maja.name = "Maja Brandt"
    db.session.commit()
    assert found(words="%") == [karim.name]
    assert found(role=Role.MARKETER) == [karim.name]
    assert found(team_id=team.id) == [maja.name]
    assert found(active=False) == [gone.name]
    assert found(active=None) == [karim.name, maja.name, gone.name]


def test_the_list_costs_the_same_for_many_people(app: Flask, visitor: Visitor) -> None:
    admin, team = make_person(Role.ADMIN), make_team()
    client = visitor.as_(admin)

    def cost() -> int:
        with counted_queries(app) as seen:
            assert client.get("/admin/people").status_code == 200
        return len(seen)

    few = cost()
    for _ in range(20):
        make_person(Role.REP, Role.MANAGER, teams=[team])
    assert cost() == few


def test_an_admin_changes_roles_and_teams_on_the_person_s_page(visitor: Visitor) -> None:
    admin, person, team = make_person(Role.ADMIN), make_person(Role.REP), make_team("North")
    client = visitor.as_(admin)
    base = f"/admin/people/{person.id}"
    assert client.post(f"{base}/roles", data={"roles": ["manager"]}).status_code == 303
    assert client.post(f"{base}/teams", data={"teams": [str(team.id)]}).status_code == 303
    assert client.post(f"{base}/roles", data={}).status_code == 400
    assert client.post(f"{base}/teams", data={"teams": ["999"]}).status_code == 400
    db.session.expire_all()
    assert person.roles == {Role.MANAGER}
    assert [one.name for one in person.teams] == ["North"]
    page = client.get(base).text
    assert "North" in page
    assert "Switch off" in page
    assert client.post(f"{base}/teams", data={}).status_code == 303, "no box ticked: no team"
    assert not db.session.get_one(Person, person.id).teams


def test_an_admin_who_stops_being_one_stays_signed_in_as_the_rest(visitor: Visitor) -> None:
    admin = make_person(Role.ADMIN)
    make_person(Role.ADMIN)
    client = visitor.as_(admin)
    answer = client.post(f"/admin/people/{admin.id}/roles", data={"roles": ["rep"]})
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)
    assert client.get("/admin/people").status_code == 403


def test_the_last_admin_is_told_why_on_the_page(visitor: Visitor) -> None:
    admin = make_person(Role.ADMIN)
    answer = visitor.as_(admin).post(f"/admin/people/{admin.id}/roles", data={"roles": ["rep"]})
    assert answer.status_code == 409
    assert "The library needs an admin." in answer.text


def test_switching_off_can_be_undone(visitor: Visitor) -> None:
    admin, person = make_person(Role.ADMIN), make_person(Role.REP)
    client = visitor.as_(admin)
    base = f"/admin/people/{person.id}"
    assert client.post(f"{base}/switch-off").status_code == 303
    assert not db.session.get_one(Person, person.id).active
    page = client.get(base).text
    assert f'action="{base}/switch-on"' in page
    assert client.post(f"{base}/invite").status_code == 409
    assert client.post(f"{base}/switch-on").status_code == 303
    assert db.session.get_one(Person, person.id).active


def test_teams_are_added_renamed_and_removed(visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.ADMIN))
    assert client.post("/admin/teams", data={"name": "North"}).status_code == 303
    assert client.post("/admin/teams", data={"name": "north"}).status_code == 409
    assert client.post("/admin/teams", data={"name": " "}).status_code == 400
    team = db.session.query(Team).one()
    answer = client.post(f"/admin/teams/{team.id}", data={"name": "Nordics", "region": "EMEA"})
    assert answer.status_code == 303
    assert "Nordics" in client.get("/admin/teams").text
    assert client.get(f"/admin/teams/{team.id}").status_code == 200
    assert client.post(f"/admin/teams/{team.id}/remove").status_code == 303
    assert db.session.query(Team).count() == 0
    assert actions() == ["team.added", "team.changed", "team.removed"]


def test_a_team_is_one_however_its_name_is_spelt(app: Flask) -> None:
    """Also where a letter is none of English: SQLite by itself would not know Ö for ö."""
    team = operations.add_team("Österreich", by=None)
    other = operations.add_team("Nord", by=None)
    db.session.commit()
    assert queries.team_called(" ÖSTERREICH ") == team
    with pytest.raises(Conflict):
        operations.add_team("österreich", by=None)
    with pytest.raises(Conflict):
        operations.change_team(other, name="ÖSTERREICH", region=None, by=None)
