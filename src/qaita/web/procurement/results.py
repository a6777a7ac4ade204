"""Awards and complaints on the desk."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qaita.accounts.models import Organisation
from qaita.kernel.errors import Missing
from qaita.procurement import services
from qaita.procurement.queries import get_award, get_complaint, get_lot
from qaita.web.desk.forms import sent
from qaita.web.middleware import Request
from qaita.web.procurement.desk import ask_form, my_supplier
from qaita.web.procurement.forms import AwardForm, ContractForm, DebarForm, DecisionForm, WordsForm
from qaita.web.templatetags.qaita import named


@login_required
def award(request: Request, code: str) -> HttpResponse:
    """Award a lot to the first of the ranking; a dumping price needs words."""
    lot = get_lot(code)
    form = AwardForm(sent(request))
    if not form.is_valid():
        title = _("Award of lot %(number)d") % {"number": lot.number}
        back = reverse("procurement:tender", args=[lot.tender.code])
        return ask_form(request, form, title, back, lead=named(lot, "title"))
    made = services.award_lot(lot, **form.cleaned_data, by=request.actor, at=request.at)
    messages.success(request, _("Award %(code)s is made.") % {"code": made.code})
    return redirect("procurement:tender", lot.tender.code)


@login_required
def decline(request: Request, code: str) -> HttpResponse:
    """Write down that the winner will not sign."""
    found = get_award(code)
    back = reverse("procurement:tender", args=[found.bid.tender.code])
    form = WordsForm(sent(request))
    if not form.is_valid():
        return ask_form(request, form, _("Why will the winner not sign?"), back)
    reason = form.cleaned_data["text"]
    services.decline_award(found, reason=reason, by=request.actor, at=request.at)
    return redirect(back)


@login_required
def complain(request: Request, code: str) -> HttpResponse:
    """File a complaint about an award."""
    found = get_award(code)
    back = reverse("procurement:tender", args=[found.bid.tender.code])
    form = WordsForm(sent(request))
    if not form.is_valid():
        title = _("Complaint about award %(code)s") % {"code": code}
        return ask_form(request, form, title, back)
    made = services.file_complaint(
        found, complainant=my_supplier(request), statement=form.cleaned_data["text"],
        by=request.actor, at=request.at,
    )  # fmt: skip
    messages.success(
        request, _("Complaint %(code)s is filed; nothing is signed now.") % {"code": made.code}
    )
    return redirect(back)


@login_required
def resolve(request: Request, code: str) -> HttpResponse:
    """Show a complaint with what it is about; the control body decides it here."""
    found = get_complaint(code)
    form = DecisionForm(sent(request))
    if not form.is_valid():
        context = {"complaint": found, "tender": found.tender, "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "procurement/complaint.html", context, status=status)
    services.resolve_complaint(
        found, upheld=form.cleaned_data["verdict"] == "uphold",
        decision=form.cleaned_data["text"], by=request.actor, at=request.at,
    )  # fmt: skip
    messages.success(request, _("Complaint %(code)s is decided.") % {"code": code})
    return redirect("procurement:tender", found.tender.code)


@require_POST
@login_required
def withdraw_complaint(request: Request, code: str) -> HttpResponse:
    """Take one's own complaint back."""
    found = get_complaint(code)
    services.withdraw_complaint(found, by=request.actor, at=request.at)
    return redirect("procurement:tender", found.tender.code)


@login_required
def draft(request: Request, code: str) -> HttpResponse:
    """Write the contract of an award."""
    found = get_award(code)
    back = reverse("procurement:tender", args=[found.bid.tender.code])
    form = ContractForm(sent(request))
    if not form.is_valid():
        return ask_form(request, form, _("Contract of award %(code)s") % {"code": code}, back)
    starts_on = form.cleaned_data["starts_on"]
    made = services.draft_contract(found, starts_on=starts_on, by=request.actor, at=request.at)
    return redirect("procurement:contract", made.code)


@login_required
def debar(request: Request, code: str, subject: str) -> HttpResponse:
    """Enter a supplier into the bad-faith register."""
    supplier = Organisation.objects.filter(code=code).first()
    if supplier is None:
        raise Missing("organisation", code)
    form = DebarForm(sent(request))
    if not form.is_valid():
        title = _("Entry into the bad-faith register")
        return ask_form(request, form, title, reverse("procurement:tenders"), lead=named(supplier))
    given = form.cleaned_data
    services.debar_supplier(
        supplier, ground=(given["ground"], subject), reason=given["text"],
        by=request.actor, at=request.at,
    )  # fmt: skip
    messages.success(request, _("The supplier is in the bad-faith register."))
    return redirect("procurement:tenders")
