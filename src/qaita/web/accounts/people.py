"""People and their roles, for administrators and heads of organisations."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import activate, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from qaita.accounts.models import Membership, Person
from qaita.accounts.queries import may_see_people, organisations_kept_by, people_seen_by
from qaita.accounts.services import (
    NewPerson,
    choose_language,
    grant_role,
    invite_person,
    revoke_role,
)
from qaita.gateways import mail
from qaita.gateways.errors import Undelivered
from qaita.kernel.errors import NotYours
from qaita.web.accounts.forms import LanguageForm, PersonForm, RoleForm
from qaita.web.desk.forms import sent
from qaita.web.labels import role_of
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request

ACTIVE = (("True", _("may sign in")), ("False", _("switched off")))


def _roles_of(person: Person) -> str:
    return ", ".join(sorted({str(role_of(row.role)) for row in person.memberships.all()}))


class Bare(Choice):
    """A filter of people by their second factor."""

    def narrow(self, rows: Any, value: str) -> Any:
        """Keep those who may sign in with a password alone."""
        totp = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        return rows.filter(~Exists(totp), is_active=True) if value == "none" else rows


class Unseen(Choice):
    """A filter of people by their coming."""

    def narrow(self, rows: Any, value: str) -> Any:
        """Keep those who never signed in."""
        return rows.filter(last_login=None, is_active=True) if value == "never" else rows


PEOPLE = Listing(
    "people",
    columns=(
        Column(
            "name",
            _("Sign-in name"),
            lambda row: row.username,
            link=lambda row: reverse("accounts:person", args=[row.code]),
            sort="username",
        ),
        Column("code", _("Code"), lambda row: row.code, sort="code"),
        Column("roles", _("Roles"), _roles_of),
        Column("since", _("Invited on"), lambda row: row.date_joined.date(), sort="date_joined"),
    ),
    filters=(
        Text("q", _("Search"), ("username", "code", "memberships__organisation__name_ru")),
        Choice("is_active", _("State"), ACTIVE),
        Bare("factor", _("Second factor"), (("none", _("none yet")),)),
        Unseen("seen", _("Signed in"), (("never", _("never yet")),)),
    ),
    order="username",
    empty=_("Nobody is invited yet."),
)


def _require_keeper(request: Request) -> None:
    if not may_see_people(request.actor):
        raise NotYours("people")


@login_required
def people(request: Request) -> HttpResponseBase:
    """List people and their roles."""
    _require_keeper(request)
    rows = people_seen_by(request.actor).prefetch_related("memberships").distinct()
    return show_listing(request, PEOPLE, rows, "accounts/people.html")


@login_required
def invite(request: Request) -> HttpResponse:
    """Invite a person: the link with which a password is chosen is sent and shown once."""
    _require_keeper(request)
    form = PersonForm(sent(request))
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "accounts/invite.html", {"form": form}, status=status)
    person = invite_person(NewPerson(**form.cleaned_data), by=request.actor, at=request.at)
    link = _password_link(request, person)
    return render(
        request,
        "accounts/invited.html",
        {"person": person, "link": link, "sent": _sent(person, link), "form": _role_form(request)},
    )


def _password_link(request: Request, person: Person) -> str:
    words = {
        "uidb36": user_pk_to_url_str(person),
        "key": default_token_generator.make_token(person),
    }
    return request.build_absolute_uri(reverse("account_reset_password_from_key", kwargs=words))


def _sent(person: Person, link: str) -> bool:
    if not person.email:
        return False
    try:
        mail.send(
            person.email,
            gettext("Your sign-in to Qaita"),
            gettext("Choose your password here: %(link)s") % {"link": link},
        )
    except Undelivered:
        return False
    return True


def _role_form(request: Request, data: Any = None) -> Any:
    return RoleForm(data, organisations=organisations_kept_by(request.actor))


@login_required
def person(request: Request, code: str) -> HttpResponse:
    """Show one person's roles and the form that gives one more."""
    _require_keeper(request)
    found = get_object_or_404(people_seen_by(request.actor), code=code)
    rows = found.memberships.select_related("organisation", "region")
    context = {"person": found, "rows": rows, "form": _role_form(request)}
    return render(request, "accounts/person.html", context)


@login_required
@require_POST
def grant(request: Request, code: str) -> HttpResponse:
    """Give the person a role."""
    _require_keeper(request)
    found = get_object_or_404(Person, code=code)
    form = _role_form(request, request.POST)
    if not form.is_valid():
        known = people_seen_by(request.actor).filter(pk=found.pk).exists()
        rows = found.memberships.all() if known else ()
        context = {"person": found, "rows": rows, "form": form}
        return render(request, "accounts/person.html", context, status=422)
    row = grant_role(found, by=request.actor, at=request.at, **form.cleaned_data)
    messages.success(request, gettext("Role given: %(role)s.") % {"role": role_of(row.role)})
    return redirect("accounts:person", code)


@login_required
@require_POST
def revoke(request: Request, code: str) -> HttpResponse:
    """Take a role away."""
    _require_keeper(request)
    row = get_object_or_404(
        Membership.objects.filter(person__code=code),
        role=request.POST.get("role", ""),
        organisation__code=request.POST.get("organisation") or None,
        region__kato=request.POST.get("region") or None,
    )
    revoke_role(row, by=request.actor, at=request.at)
    messages.success(request, gettext("Role taken: %(role)s.") % {"role": role_of(row.role)})
    return redirect("accounts:person", code)


@login_required
def language(request: Request) -> HttpResponse:
    """Choose in which language the desk opens."""
    me = Person.objects.get(code=request.actor.code)
    form = LanguageForm(sent(request), initial={"language": me.language})
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "accounts/language.html", {"form": form}, status=status)
    choose_language(me, form.cleaned_data["language"])
    activate(me.language)
    return redirect("desk:home")
