"""The shape of a scenario: money and kilometres of every year."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qaita.kernel.actor import ANYONE, Actor
from qaita.networks.models import UtilityService
from qaita.planning.services import Limits
from qaita.web.desk.forms import DeskForm
from qaita.web.labels import service_name

YEARS = 5
MILLION = Decimal(1_000_000)
PARTS = ("budget", "capacity", "floor")


def services_of(by: Actor) -> Any:
    """Return the utility services the person plans for."""
    rows = UtilityService.objects.select_related("organisation", "region")
    roles = ("utility_engineer", "utility_head")
    own = frozenset().union(*(by.organisations(role) for role in roles))
    if by.has("programme_office") or ANYONE in own:
        return rows
    return rows.filter(organisation__code__in=own)


class ScenarioForm(DeskForm):
    """A scenario."""

    told_as = {"red_zone_share": "red_percent"}

    title = forms.CharField(label=gettext_lazy("Name of the scenario"), max_length=160)
    red_percent = forms.FloatField(
        label=gettext_lazy("At least this much of the money into the red zone, %"),
        min_value=0,
        max_value=100,
        initial=0,
    )
    carries_over = forms.BooleanField(
        label=gettext_lazy("Unspent money may be spent later"), required=False, initial=True
    )

    def __init__(self, *args: Any, by: Actor, first_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["own"] = forms.ModelChoiceField(
            label=_("Utility and service"), queryset=services_of(by), to_field_name="code"
        )
        own: Any = self.fields["own"]
        own.label_from_instance = service_name
        self.years = list(range(first_year, first_year + YEARS))
        for year in self.years:
            self.fields[f"budget_{year}"] = forms.DecimalField(
                label=f"{_('Money, mln ₸')}, {year}", min_value=0, max_digits=12
            )
            for name, words in (("capacity", _("Can be built, km")), ("floor", _("At least, km"))):
                self.fields[f"{name}_{year}"] = forms.FloatField(
                    label=f"{words}, {year}", min_value=0, max_value=100_000, required=False
                )
            for name in PARTS:
                field = self.fields[f"{name}_{year}"]
                field.widget.attrs["aria-label"] = field.label
        self.order_fields(["own", "title"])

    def whole(self) -> list[forms.BoundField]:
        """Return the fields that do not belong to a year."""
        return [self[name] for name in ("own", "title", "red_percent", "carries_over")]

    def rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        """Return the fields of each year."""
        return [(year, [self[f"{name}_{year}"] for name in PARTS]) for year in self.years]

    def _by_year(self, name: str) -> dict[int, Any]:
        found = {year: self.cleaned_data.get(f"{name}_{year}") for year in self.years}
        return {year: value for year, value in found.items() if value is not None}

    def limits(self) -> Limits:
        """Return what was filled in."""
        return Limits(
            {year: value * MILLION for year, value in self._by_year("budget").items()},
            self._by_year("capacity"),
            self._by_year("floor"),
            self.cleaned_data["red_percent"] / 100,
            self.cleaned_data["carries_over"],
        )
