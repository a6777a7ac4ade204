"""The shapes of promises and tranches."""

from django import forms
from django.utils.translation import gettext_lazy as _

from qaita.web.desk.forms import DeskForm, day_field
from qaita.web.programme.words import INSTRUMENTS


class InstrumentForm(DeskForm):
    """Money promised to a project."""

    kind = forms.ChoiceField(label=_("Source"), choices=list(INSTRUMENTS.items()))
    amount_kzt = forms.DecimalField(label=_("Amount, ₸"), max_digits=19, decimal_places=2)
    rate_percent = forms.FloatField(
        label=_("Rate, % a year"), min_value=0, max_value=100, initial=0
    )
    subsidy_points = forms.FloatField(
        label=_("Of it paid by the State, points"), min_value=0, max_value=100, initial=0
    )
    term_years = forms.FloatField(label=_("Term, years"), min_value=1, max_value=100, initial=1)
    lender = forms.CharField(label=_("Lender"), max_length=200, required=False)


class TrancheForm(DeskForm):
    """A part of an instrument with its day."""

    amount_kzt = forms.DecimalField(label=_("Amount, ₸"), max_digits=19, decimal_places=2)
    planned_on = day_field(_("Planned for"))
