"""The shapes of what producers and keepers of the register send."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qaita.territory.models import Region
from qaita.web.desk.forms import DeskForm
from qaita.web.labels import SERVICES
from qaita.web.procurement.words import UNITS
from qaita.web.templatetags.qaita import named

HUNDRED = Decimal(100)


class ProductForm(DeskForm):
    """One product by the register's columns; shares are written in per cent."""

    told_as = {"in_country_share": "share_percent"}

    name_kk = forms.CharField(label=_("Name in Kazakh"), max_length=250)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=250)
    name_en = forms.CharField(label=_("Name in English"), max_length=250, required=False)
    service = forms.ChoiceField(
        label=_("Service"), required=False, choices=[("", _("any")), *SERVICES.items()]
    )
    ens_tru = forms.CharField(
        label=_("ENS TRU"),
        max_length=17,
        help_text=_("An ENS TRU code has the form 000000.000.000000 (6, 3 and 6 digits)."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    kpved = forms.CharField(
        label=_("KPVED"),
        max_length=12,
        help_text=_("A KPVED code has the form 00.00.00."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    tn_ved = forms.CharField(
        label=_("TN VED"),
        max_length=10,
        help_text=_("A TN VED code has 10 digits."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    agsk3 = forms.CharField(label=_("AGSK-3"), max_length=16, required=False)
    unit = forms.ChoiceField(label=_("Unit"), choices=list(UNITS.items()))
    capacity_per_year = forms.DecimalField(
        label=_("Capacity a year"), max_digits=16, decimal_places=3
    )
    share_percent = forms.DecimalField(
        label=_("In-country share, %"), min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    price_kzt = forms.DecimalField(
        label=_("Price without VAT, tenge"), max_digits=20, decimal_places=2
    )

    def columns(self) -> dict[str, Any]:
        """Return the columns as the register names them."""
        given = dict(self.cleaned_data)
        given["in_country_share"] = given.pop("share_percent") / HUNDRED
        given["name_en"] = given["name_en"] or given["name_ru"]
        return given


class ApplicationForm(DeskForm):
    """A producer asks to be entered; products are added to the entry afterwards."""

    register_no = forms.CharField(label=_("Number of the application"), max_length=32)
    oked = forms.CharField(label=_("Kind of activity (OKED)"), max_length=8, required=False)
    production_address = forms.CharField(label=_("Address of production"), max_length=250)
    region = forms.ModelChoiceField(Region.objects.all(), label=_("Region"), to_field_name="kato")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        region: Any = self.fields["region"]
        region.label_from_instance = named


class ReasonForm(DeskForm):
    """Why a keeper decides so."""

    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1_000
    )
