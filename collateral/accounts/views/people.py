"""People, for those who look after them: who there is, what they may do, letting them in."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts import operations, queries, sessions
from collateral.accounts.forms import ROLE_NAMES, InviteForm, RolesForm, TeamsForm, choices_of, tell
from collateral.accounts.guard import actor, requires
from collateral.accounts.jobs import send_invitation
from collateral.accounts.models import Person, Role
from collateral.accounts.permissions import Permission, can
from collateral.accounts.queries import PAGE, PeopleFilter
from collateral.accounts.views import bp
from collateral.accounts.views.browser import asked_number, asked_words
from collateral.clock import now
from collateral.db import db
from collateral.errors import Conflict, Invalid, WrongState
from collateral.queue import after_commit
from collateral.templating import address_with
from collateral.upkeep.queries import backup_is_due


@bp.get("/admin")
@requires(Permission.ADMIN_JOBS)
def admin() -> ResponseReturnValue:
    """The first of the admin pages that the person may open."""
    if actor_may_see_people():
        return redirect(url_for("accounts.people"))
    return redirect("/admin/jobs")


@bp.get("/admin/people")
@requires(Permission.ADMIN_PEOPLE)
def people() -> ResponseReturnValue:
    wanted, page = _wanted(), max(1, min(asked_number("page") or 1, 10_000))
    rows, total = queries.people(wanted, page)
    return render_template(
        "accounts/people.html",
        people=rows,
        total=total,
        page=page,
        last=max(1, -(-total // PAGE)),
        wanted=wanted,
        state=request.args.get("state", ""),
        team_options=[("", _("all")), *_team_names().items()],
        page_url=lambda number: address_with(page=number),
        role_names=ROLE_NAMES,
        backup_due=backup_is_due(now()),
    )


@bp.route("/admin/people/invite", methods=["GET", "POST"])
@requires(Permission.ADMIN_PEOPLE)
def invite() -> ResponseReturnValue:
    form = InviteForm()
    form.teams.choices = choices_of(_team_names())
    if form.validate_on_submit():
        try:
            person = operations.add_person(
                form.email.data,
                form.name.data,
                [Role(role) for role in form.roles.data],
                queries.teams_named(form.teams.data or []),
                by=actor(),
                time_zone=current_app.extensions["settings"].time_zone,
            )
        except (Invalid, Conflict) as error:
            db.session.rollback()
            tell(form, error)
            return render_template("accounts/invite.html", form=form), error.status
        after_commit(send_invitation, person.id, actor().id)
        db.session.commit()
        flash(_("%(name)s is invited.", name=person.name))
        return redirect(url_for("accounts.person", person_id=person.id), 303)
    status = 400 if request.method == "POST" else 200
    return render_template("accounts/invite.html", form=form), status


@bp.get("/admin/people/<int:person_id>")
@requires(Permission.ADMIN_PEOPLE)
def person(person_id: int) -> ResponseReturnValue:
    return _detail(queries.get_person(person_id))


@bp.post("/admin/people/<int:person_id>/roles")
@requires(Permission.ADMIN_PEOPLE)
def change_roles(person_id: int) -> ResponseReturnValue:
    found, form = queries.get_person(person_id), RolesForm()
    if not form.validate():
        return _detail(found, 400, roles=form)
    try:
        changed = operations.change_roles(
            found, [Role(role) for role in form.roles.data], by=actor()
        )
    except WrongState as error:
        db.session.rollback()
        tell(form, error)
        return _detail(found, error.status, roles=form)
    if changed and found.id == actor().id:
        sessions.start(found, request.user_agent.string)
    db.session.commit()
    flash(_("Saved. %(name)s signs in again.", name=found.name) if changed else _("Saved."))
    if found.id == actor().id and not actor_may_see_people():
        return redirect("/", 303)
    return _back(found)


@bp.post("/admin/people/<int:person_id>/teams")
@requires(Permission.ADMIN_PEOPLE)
def change_teams(person_id: int) -> ResponseReturnValue:
    found, form = queries.get_person(person_id), TeamsForm()
    form.teams.choices = choices_of(_team_names())
    if not form.validate():
        return _detail(found, 400, teams=form)
    operations.change_teams(found, queries.teams_named(form.teams.data or []), by=actor())
    db.session.commit()
    flash(_("Saved."))
    return _back(found)


@bp.post("/admin/people/<int:person_id>/switch-off")
@requires(Permission.ADMIN_PEOPLE)
def switch_off(person_id: int) -> ResponseReturnValue:
    found = queries.get_person(person_id)
    operations.switch_off(found, by=actor())
    db.session.commit()
    undo = url_for("accounts.switch_on", person_id=found.id)
    flash({"text": _("%(name)s cannot sign in any more.", name=found.name), "undo": undo})  # type: ignore[arg-type]
    return _back(found)


@bp.post("/admin/people/<int:person_id>/switch-on")
@requires(Permission.ADMIN_PEOPLE)
def switch_on(person_id: int) -> ResponseReturnValue:
    found = queries.get_person(person_id)
    operations.switch_on(found, by=actor())
    db.session.commit()
    flash(_("%(name)s can sign in again.", name=found.name))
    return _back(found)


@bp.post("/admin/people/<int:person_id>/invite")
@requires(Permission.ADMIN_PEOPLE)
def invite_again(person_id: int) -> ResponseReturnValue:
    found = queries.get_person(person_id)
    if not found.active:
        raise WrongState(_("Switch the account on first."))
    after_commit(send_invitation, found.id, actor().id)
    operations.invited(found, by=actor())
    db.session.commit()
    flash(_("A link is on its way to %(email)s.", email=found.email))
    return _back(found)


def actor_may_see_people() -> bool:
    return can(actor(), Permission.ADMIN_PEOPLE)


def _detail(
    found: Person, status: int = 200, roles: RolesForm | None = None, teams: TeamsForm | None = None
) -> ResponseReturnValue:
    if roles is None:
        roles = RolesForm(formdata=None, roles=[role.value for role in found.roles])
    if teams is None:
        teams = TeamsForm(formdata=None, teams=[team.id for team in found.teams])
        teams.teams.choices = choices_of(_team_names())
    page = render_template(
        "accounts/person.html",
        found=found,
        roles_form=roles,
        teams_form=teams,
        role_names=ROLE_NAMES,
        signed_in=sessions.live(found, now()),
        tokens=queries.tokens_of(found),
    )
    return page, status


def _back(found: Person) -> ResponseReturnValue:
    return redirect(url_for("accounts.person", person_id=found.id), 303)


def _team_names() -> dict[int, str]:
    return {team.id: team.name for team in queries.teams()}


def _wanted() -> PeopleFilter:
    """What the address asks for; what it asks for in vain is left out."""
    role, state = request.args.get("role", ""), request.args.get("state", "")
    return PeopleFilter(
        words=asked_words("q"),
        role=Role(role) if role in list(Role) else None,
        team_id=asked_number("team"),
        active={"off": False, "all": None}.get(state, True),
    )
