"""What a problem of the programming interface means and what to do about it."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Problem:
    """One kind of problem."""

    status: int
    title: str | Promise
    meaning: str | Promise
    remedy: str | Promise


PROBLEMS = {
    "refused": Problem(
        409,
        _("This cannot be done now."),
        _("A rule of the thing's life forbids the step; each rule is named in “reasons”."),
        _("Do what the reasons say and send the request again."),
    ),
    "stale": Problem(
        409,
        _("Somebody changed it meanwhile."),
        _("The thing was changed after you read it."),
        _("Read it again, look at what changed, and decide anew."),
    ),
    "missing": Problem(
        404,
        _("There is no such thing here."),
        _("No thing has this code, or the public may not see it yet."),
        _("Check the code: its last character guards against mistyping."),
    ),
    "not-yours": Problem(
        403,
        _("This belongs to another role or organisation."),
        _("Your role does not hold where this thing belongs."),
        _("Ask the person who holds the role, or have it granted to you."),
    ),
    "wrong": Problem(
        422,
        _("Some values break a rule."),
        _("Each value that does not fit is named in “errors” with the rule it breaks."),
        _("Mend the named values; nothing was stored."),
    ),
    "too-often": Problem(
        429,
        _("Please wait a little."),
        _("More came from one network within an hour than a public door takes."),
        _("Send it again after the seconds that the header Retry-After names."),
    ),
    "unknown-caller": Problem(
        401,
        _("Sign in or send a valid API key."),
        _("The address needs a caller, and none was recognised."),
        _("Send your key in the header Authorization, or sign in."),
    ),
    "unreadable": Problem(
        400,
        _("This question cannot be read."),
        _("The address, a parameter or the body is not of the form the description asks for."),
        _("Compare the question with the description of the interface and send it again."),
    ),
    "no-such-method": Problem(
        405,
        _("This cannot be done here."),
        _("The address is there, but it does not take this method."),
        _("Use one of the methods that the header Allow names."),
    ),
    "fault": Problem(
        500,
        _("Something broke on our side."),
        _("The fault is ours and has been written down; your question may have been right."),
        _("Ask again in a few minutes; if it stays, write to the programme office."),
    ),
}


def problem(request: HttpRequest, code: str) -> HttpResponse:
    """Explain one kind of problem in the reader's language."""
    if code not in PROBLEMS:
        raise Http404
    return render(request, "portal/problem.html", {"code": code, "problem": PROBLEMS[code]})


urlpatterns: list[URLPattern] = [path("problems/<slug:code>", problem, name="problem")]
