"""API keys of the person who is signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from qaita.accounts.models import ApiKey, Person
from qaita.accounts.roles import API_SCOPES
from qaita.accounts.services import make_api_key, revoke_api_key
from qaita.web.accounts.forms import KeyForm
from qaita.web.desk.forms import sent
from qaita.web.middleware import Request


@login_required
@never_cache
def keys(request: Request) -> HttpResponse:
    """Show my keys; make one and show its secret this once."""
    me = Person.objects.get(code=request.actor.code)
    form, secret = KeyForm(sent(request)), ""
    if request.method == "POST" and form.is_valid():
        name, scopes = form.cleaned_data["name"], form.cleaned_data["scopes"]
        _key, secret = make_api_key(me, name, scopes, by=request.actor, at=request.at)
        form = KeyForm()
    rows = [(key, [API_SCOPES[scope] for scope in key.scopes]) for key in me.api_keys.all()]
    context = {"rows": rows, "form": form, "secret": secret}
    status = 422 if form.errors else 200
    return render(request, "accounts/keys.html", context, status=status)


@login_required
@require_POST
def revoke_key(request: Request, code: str) -> HttpResponse:
    """Make a key useless."""
    revoke_api_key(get_object_or_404(ApiKey, code=code), by=request.actor, at=request.at)
    messages.success(request, gettext("The key opens nothing any more."))
    return redirect("accounts:keys")
