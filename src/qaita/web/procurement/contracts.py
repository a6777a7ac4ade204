"""Contracts on the desk: signing, performance, amendments."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from qaita.kernel.states import Ask
from qaita.procurement import services
from qaita.procurement.models import Amendment, Contract
from qaita.procurement.queries import contracts_of, get_contract
from qaita.procurement.states import BUYERS, CONTRACT, SIGNING
from qaita.web.columns import money_column, state_choice, state_column
from qaita.web.desk.forms import sent
from qaita.web.formats import day_text
from qaita.web.lists import Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.portal.contracts import contract_context
from qaita.web.procurement.desk import ask_form
from qaita.web.procurement.forms import AmendmentForm, SignForm, WordsForm
from qaita.web.templatetags.qaita import named

# by the state: what the customer and what the supplier waits for, empty when it is their own turn
OTHERS_SIGN = {
    "draft": (gettext_lazy("The supplier signs first; then it is the customer's turn."), ""),
    "half_signed": ("", gettext_lazy("Your side has signed. Now the customer signs.")),
}

MINE = Listing(
    "my-contracts",
    columns=(
        Column(
            "code", gettext_lazy("Contract"), lambda row: row.code, sort="code",
            link=lambda row: reverse("procurement:contract", args=[row.code]),
        ),
        Column("subject", gettext_lazy("Subject"), lambda row: named(row.lot, "title")),
        Column("buyer", gettext_lazy("Customer"), lambda row: named(row.buyer)),
        Column("supplier", gettext_lazy("Supplier"), lambda row: named(row.supplier)),
        money_column("sum", gettext_lazy("Sum"), "sum_kzt"),
        Column(
            "ends", gettext_lazy("Ends on"), lambda row: row.ends_on,
            show=lambda row: day_text(row.ends_on, short=True), sort="ends_on",
        ),
        state_column("contract", gettext_lazy("State"), sort=False),
    ),
    filters=(
        Text("q", gettext_lazy("Search"), ("code", "lot__title_kk", "lot__title_ru")),
        state_choice("contract", gettext_lazy("State")),
    ),
    order="-drafted_at",
)  # fmt: skip


@login_required
def contracts(request: Request) -> HttpResponseBase:
    """List the contracts of the person's organisations."""
    return show_listing(request, MINE, contracts_of(request.actor), "procurement/contracts.html")


def my_contract(request: Request, code: str) -> Contract:
    """Return a contract whose side the person is."""
    get_object_or_404(contracts_of(request.actor), code=code)
    return get_contract(code)


@login_required
def contract(request: Request, code: str) -> HttpResponse:
    """Show a contract with what the person may do."""
    return show_contract(request, my_contract(request, code), SignForm())


def show_contract(request: Request, found: Contract, form: SignForm) -> HttpResponse:
    """Show a contract; the form of the signature may carry faults."""
    ask = Ask(found, request.actor, request.at)
    actions = {action: CONTRACT.why_not(action, ask) for action in CONTRACT.actions(found.state)}
    buys = any(request.actor.may(role, found.scope_for(role)) for role in BUYERS)
    sells = request.actor.may("supplier", found.scope_for("supplier"))
    others = OTHERS_SIGN.get(found.state, ("", ""))[0 if buys else 1]
    context = {
        **contract_context(found),
        "proposals": [
            (one, found.sum_kzt + one.change_kzt)
            for one in found.amendments.filter(state="proposed")
        ],
        "actions": actions,
        "sign": next((why for name, why in actions.items() if name.startswith("sign_")), None),
        "others_sign": "" if buys and sells else others,
        # what keeps the others from signing is told as well: a complaint, the days for one
        "not_yet": [reason for guard in SIGNING if (reason := guard(ask))] if others else [],
        "form": form,
        "buys": buys,
        "sells": sells,
    }
    status = 422 if form.is_bound else 200
    return render(request, "procurement/contract.html", context, status=status)


@login_required
def document(request: Request, code: str) -> HttpResponse:
    """Hand out the document that is signed, byte for byte."""
    answer = HttpResponse(
        services.contract_document(my_contract(request, code)), content_type="application/json"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{code}.json"'
    return answer


@require_POST
@login_required
def sign(request: Request, code: str) -> HttpResponse:
    """Sign for one's side: with a file made outside, or with the demonstration key."""
    found = my_contract(request, code)
    form = SignForm(request.POST, request.FILES)
    if not form.is_valid():
        return show_contract(request, found, form)
    file = form.cleaned_data["cms"]
    cms = file.read(1_000_000) if file else None
    services.sign_contract(found, cms=cms, by=request.actor, at=request.at)
    messages.success(request, _("Contract %(code)s is signed by you.") % {"code": code})
    return redirect("procurement:contract", code)


@require_POST
@login_required
def start(request: Request, code: str) -> HttpResponse:
    """Begin the performance."""
    services.start_contract(my_contract(request, code), by=request.actor, at=request.at)
    return redirect("procurement:contract", code)


@require_POST
@login_required
def complete(request: Request, code: str) -> HttpResponse:
    """End the contract as performed."""
    services.complete_contract(my_contract(request, code), by=request.actor, at=request.at)
    return redirect("procurement:contract", code)


@login_required
def terminate(request: Request, code: str) -> HttpResponse:
    """End the contract early, with a reason."""
    found = my_contract(request, code)
    back = reverse("procurement:contract", args=[code])
    form = WordsForm(sent(request))
    if not form.is_valid():
        title = _("Why is contract %(code)s terminated?") % {"code": code}
        return ask_form(request, form, title, back)
    reason = form.cleaned_data["text"]
    services.terminate_contract(found, reason=reason, by=request.actor, at=request.at)
    return redirect(back)


@login_required
def amend(request: Request, code: str) -> HttpResponse:
    """Propose a change of the contract."""
    found = my_contract(request, code)
    back = reverse("procurement:contract", args=[code])
    form = AmendmentForm(sent(request))
    if not form.is_valid():
        title = _("Amendment of contract %(code)s") % {"code": code}
        return ask_form(request, form, title, back, lead=named(found.lot, "title"))
    given = form.cleaned_data
    made = services.propose_amendment(
        found, ground=given["ground"], reason=given["reason"],
        change=(given["change_kzt"], given["new_ends_on"]), by=request.actor, at=request.at,
    )  # fmt: skip
    messages.success(
        request, _("Change no. %(number)s is proposed to the supplier.") % {"number": made.number}
    )
    return redirect(back)


@require_POST
@login_required
def decide_amendment(request: Request, code: str, verdict: str) -> HttpResponse:
    """Agree to a change, or not."""
    found = get_object_or_404(Amendment.objects.select_related("contract"), code=code)
    my_contract(request, found.contract.code)
    agrees = verdict == "agree"
    verb = services.agree_amendment if agrees else services.decline_amendment
    verb(found, by=request.actor, at=request.at)
    said = _("The change is in force.") if agrees else _("The contract stays as it was.")
    messages.success(request, said)
    return redirect("procurement:contract", found.contract.code)
