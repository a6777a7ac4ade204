"""In-country value of a contract, computed from its goods and subcontracts; nothing is stored."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qaita.kernel.clock import day_of
from qaita.kernel.ids import read_code
from qaita.procurement.models import Contract
from qaita.producers.models import Product
from qaita.producers.queries import Good, WorkContract, value_of_works
from qaita.web.desk.forms import DeskForm
from qaita.web.middleware import Request
from qaita.web.procurement.contracts import my_contract
from qaita.web.templatetags.qaita import named

GOODS, SUBCONTRACTS = 4, 2
HUNDRED = Decimal(100)


def _sum(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_digits=20, decimal_places=2
    )


def _percent(label: Any, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )


class ValueForm(DeskForm):
    """What a contract consists of: own work, goods by the register, subcontracts."""

    staff_percent = _percent(gettext_lazy("Share of payroll that goes to Kazakh staff, %"))

    def __init__(self, contract: Contract, on: date, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.contract, self.on = contract, on
        for number in range(1, GOODS + 1):
            told = {"number": number}
            self.fields[f"good{number}_code"] = forms.CharField(
                label=_("Good %(number)d: code in the register, empty without an extract") % told,
                required=False,
                max_length=20,
            )
            self.fields[f"good{number}_kzt"] = _sum(_("Good %(number)d: cost, tenge") % told)
        for number in range(1, SUBCONTRACTS + 1):
            told = {"number": number}
            self.fields[f"sub{number}_kzt"] = _sum(_("Subcontract %(number)d: sum, tenge") % told)
            self.fields[f"sub{number}_percent"] = _percent(
                _("Subcontract %(number)d: payroll to Kazakh staff, %%") % told, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Find the goods in the register, and keep the parts within the whole."""
        given = super().clean() or {}
        codes = {
            name: read_code(given[name]) or given[name]
            for number in range(1, GOODS + 1)
            if given.get(name := f"good{number}_code")
        }
        rows = Product.objects.valid_on(self.on).filter(code__in=codes.values())
        self.products = {row.code: row for row in rows}
        for name, code in codes.items():
            given[name] = code
            if code not in self.products:
                self.add_error(name, _("No product with this code is in the register today."))
        parts = [given.get(name) or Decimal(0) for name in self.fields if name.endswith("_kzt")]
        if sum(parts) > self.contract.sum_kzt:
            raise forms.ValidationError(_("Goods and subcontracts cost more than the contract."))
        return given

    def tree(self) -> WorkContract:
        """Return the contract with what lies under it."""
        given = self.cleaned_data
        return WorkContract(
            _("Own work"),
            self.contract.sum_kzt,
            given["staff_percent"] / HUNDRED,
            tuple(self._good(n) for n in range(1, GOODS + 1) if given.get(f"good{n}_kzt")),
            tuple(self._below(n) for n in range(1, SUBCONTRACTS + 1) if given.get(f"sub{n}_kzt")),
        )

    def _good(self, number: int) -> Good:
        product = self.products.get(self.cleaned_data[f"good{number}_code"])
        name = named(product) if product else _("Good %(number)d") % {"number": number}
        share = product.in_country_share if product else None
        return Good(str(name), self.cleaned_data[f"good{number}_kzt"], share)

    def _below(self, number: int) -> WorkContract:
        share = (self.cleaned_data[f"sub{number}_percent"] or Decimal(0)) / HUNDRED
        name = _("Subcontract %(number)d") % {"number": number}
        return WorkContract(name, self.cleaned_data[f"sub{number}_kzt"], share)


@login_required
def local_value(request: Request, code: str) -> HttpResponse:
    """Compute how much of a contract stays in the country, every tenge explained."""
    contract = my_contract(request, code)
    form = ValueForm(contract, day_of(request.at), request.GET or None)
    value = value_of_works(form.tree()) if form.is_valid() else None
    context = {"contract": contract, "form": form, "value": value}
    status = 422 if form.is_bound and value is None else 200
    return render(request, "procurement/local_value.html", context, status=status)
