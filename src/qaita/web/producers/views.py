"""The register on the desk: producers keep their products, keepers keep the register."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from qaita.accounts.models import Organisation
from qaita.kernel.actor import ANYONE
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Missing, NotYours
from qaita.kernel.states import Ask
from qaita.producers import services
from qaita.producers.models import Producer, Product
from qaita.producers.queries import producers_of
from qaita.producers.services import ProducerEntry, ProductEntry
from qaita.producers.states import KEEPERS, PRODUCER
from qaita.web.columns import region_choice, state_choice, state_column
from qaita.web.desk.forms import sent
from qaita.web.formats import day_text
from qaita.web.lists import Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.portal.catalogue import products_listing
from qaita.web.producers.forms import ApplicationForm, ProductForm, ReasonForm
from qaita.web.templatetags.qaita import named

WITH_REASON = {
    "decline": services.decline_producer,
    "suspend": services.suspend_producer,
    "exclude": services.exclude_producer,
}
AT_ONCE = {
    "enter": services.enter_producer,
    "restore": services.restore_producer,
    "leave": services.leave_register,
}
REGISTER = Listing(
    "register",
    columns=(
        Column(
            "name", gettext_lazy("Producer"), lambda row: named(row.organisation),
            link=lambda row: reverse("producers:producer", args=[row.code]),
        ),
        Column(
            "register_no", gettext_lazy("Entry"), lambda row: row.register_no, sort="register_no"
        ),
        Column("region", gettext_lazy("Region"), lambda row: named(row.region)),
        Column("mismatches", gettext_lazy("Mismatches"), lambda row: row.mismatches,
               sort="mismatches", align="num"),
        state_column("producer", gettext_lazy("State"), sort=False),
    ),
    filters=(
        Text("q", gettext_lazy("Search"), (
            "organisation__name_kk", "organisation__name_ru", "organisation__bin", "register_no",
        )),
        region_choice(gettext_lazy("Region"), "region__kato"),
        state_choice("producer", gettext_lazy("State")),
    ),
    order="register_no",
)  # fmt: skip


def my_entries(request: Request) -> QuerySet[Producer]:
    """Return the entries the person keeps or owns."""
    if any(request.actor.has(role) for role in KEEPERS):
        return Producer.objects.select_related("organisation", "region")
    return producers_of(request.actor)


def unentered(request: Request) -> Organisation | None:
    """Return the organisation the person may apply for: one that has no entry yet."""
    codes = request.actor.organisations("producer") - {ANYONE}
    rows = Organisation.objects.filter(code__in=codes).exclude(code__in=entered_codes(codes))
    return rows.order_by("code").first()


def entered_codes(codes: frozenset[str]) -> QuerySet[Producer, str]:
    """Return which of these organisations stand in the register or have asked."""
    rows = Producer.objects.filter(organisation__code__in=codes)
    return rows.values_list("organisation__code", flat=True)


@login_required
def register(request: Request) -> HttpResponseBase:
    """List the entries."""
    context = {"applicant": unentered(request)}
    return show_listing(request, REGISTER, my_entries(request), "producers/register.html", context)


@login_required
def apply(request: Request) -> HttpResponse:
    """Ask for an entry for one's own organisation."""
    organisation = unentered(request)
    if organisation is None:
        raise NotYours("producer")
    form = ApplicationForm(sent(request), initial={"region": organisation.region})
    back = reverse("producers:register")
    if not form.is_valid():
        title = _("Application to the register")
        return _form_page(request, form, title, back, named(organisation))
    entry = ProducerEntry(organisation, applied_on=day_of(request.at), **form.cleaned_data)
    made = services.apply_to_register(entry, by=request.actor, at=request.at)
    messages.success(request, _("The application is filed. Add your products to it."))
    return redirect("producers:producer", made.code)


PRODUCTS = products_listing(
    lambda row: reverse("producers:product", args=[row.code]),
    Column("until", gettext_lazy("Valid until"), lambda row: row.valid_until, sort="valid_until",
           show=lambda row: day_text(row.valid_until, short=True) if row.valid_until else "–"),
)  # fmt: skip


@login_required
def producer(request: Request, code: str) -> HttpResponseBase:
    """Show an entry with its products and what may be done with it."""
    found = get_object_or_404(my_entries(request), code=code)
    ask = Ask(found, request.actor, request.at)
    context = {
        "producer": found,
        "at_once": [a for a in PRODUCER.open_actions(ask) if a in AT_ONCE],
        "with_reason": [a for a in PRODUCER.open_actions(ask) if a in WITH_REASON],
    }
    return show_listing(request, PRODUCTS, found.products.all(), "producers/producer.html", context)


@login_required
def decide(request: Request, code: str, action: str) -> HttpResponse:
    """Take a step in the life of the entry."""
    found = get_object_or_404(my_entries(request), code=code)
    back = reverse("producers:producer", args=[code])
    if action in AT_ONCE and request.method == "POST":
        AT_ONCE[action](found, by=request.actor, at=request.at)
        return redirect(back)
    if action not in WITH_REASON:
        raise Missing("action", action)
    form = ReasonForm(sent(request))
    if not form.is_valid():
        return _form_page(
            request, form, _("Reason of the decision"), back, named(found.organisation)
        )
    reason = form.cleaned_data["reason"]
    WITH_REASON[action](found, reason=reason, by=request.actor, at=request.at)
    return redirect(back)


@login_required
def new_product(request: Request, code: str) -> HttpResponse:
    """Add a product to the entry."""
    found = get_object_or_404(my_entries(request), code=code)
    back = reverse("producers:producer", args=[code])
    form = ProductForm(sent(request))
    if not form.is_valid():
        lead = named(found.organisation)
        return _form_page(request, form, _("New product"), back, lead)
    entry = ProductEntry(**form.columns(), valid_from=day_of(request.at))
    made = services.add_product(found, entry, by=request.actor, at=request.at)
    messages.success(request, _("Product %(code)s is entered.") % {"code": made.code})
    return redirect(back)


@login_required
def product(request: Request, code: str) -> HttpResponse:
    """Change a product."""
    found = _my_product(request, code)
    back = reverse("producers:producer", args=[found.producer.code])
    known = {name: getattr(found, name, None) for name in ProductForm.base_fields}
    form = ProductForm(
        sent(request), initial={**known, "share_percent": found.in_country_share * 100}
    )
    if not form.is_valid():
        valid = found.valid_until is None or found.valid_until > day_of(request.at)
        shown = {"form": form, "product": found, "back": back, "valid": valid}
        status = 422 if form.is_bound else 200
        return render(request, "producers/product.html", shown, status=status)
    changes = {
        name: value for name, value in form.columns().items() if getattr(found, name) != value
    }
    services.update_product(found, changes, by=request.actor, at=request.at)
    messages.success(request, _("Product %(code)s is changed.") % {"code": code})
    return redirect(back)


@require_POST
@login_required
def withdraw(request: Request, code: str) -> HttpResponse:
    """End the validity of a product today."""
    found = _my_product(request, code)
    services.withdraw_product(found, by=request.actor, at=request.at)
    return redirect("producers:producer", found.producer.code)


def _my_product(request: Request, code: str) -> Product:
    rows = Product.objects.select_related("producer__organisation", "producer__region")
    return get_object_or_404(rows.filter(producer__in=my_entries(request)), code=code)


def _form_page(request: Request, form: Form, title: Any, back: str, lead: Any) -> HttpResponse:
    shown = {"form": form, "title": title, "back": back, "lead": lead}
    return render(request, "procurement/form.html", shown, status=422 if form.is_bound else 200)
