"""The shape of a country's scenario: it begins from the law or another one, and may be changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qaita.planning.queries import CountryLimits, RunWords
from qaita.web.desk.forms import DeskForm
from qaita.web.labels import service_of

MILLION = Decimal(1_000_000)
MOST_PERCENT = 1_000


def _percent(label: Any, value: float = 100, most: float = MOST_PERCENT) -> forms.FloatField:
    return forms.FloatField(label=label, min_value=0, max_value=most, initial=value)


class CountryForm(DeskForm):
    """A country's scenario: absolute money, floors and shares; the rest as parts of the base."""

    told_as = {"red_zone_share": "red_percent", "budgets_kzt": "__all__", "years": "__all__"}

    title = forms.CharField(label=gettext_lazy("Name of the scenario"), max_length=160)
    carries_over = forms.BooleanField(
        label=gettext_lazy("Unspent money of a tariff may be spent later"), required=False
    )

    def __init__(self, *args: Any, base: CountryLimits, **more: Any) -> None:
        super().__init__(*args, **more)
        self.base = base
        self.services = sorted(
            {s for rows in base.capacities_km.values() for s in rows}
            | set(base.floors_km)
            | set(base.domestic_shares)
        )
        self.fields["carries_over"].initial = base.carries_over
        red = _("At least this much of the money into the red zone, %")
        self.fields["red_percent"] = _percent(red, round(100 * base.red_zone_share, 2), 100)
        self.fields["caps_percent"] = _percent(_("Tariff caps of utilities, % of the base"))
        least = _("Least money of regions, % of the base")
        self.fields["regions_percent"] = _percent(least)
        for year in base.years:
            money = base.budgets_kzt.get(year, Decimal(0)) / MILLION
            self.fields[f"budget_{year}"] = forms.DecimalField(
                label=f"{_('Money, mln ₸')}, {year}",
                min_value=0,
                max_digits=14,
                initial=money.quantize(Decimal("0.01")),
            )
        for service in self.services:
            self._service(service)
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs["class"] = "form-control"

    def _service(self, service: str) -> None:
        name, base = service_of(service), self.base
        built, domestic = _("can be built, % of the base"), _("domestic share at least, %")
        least = _("at least, km")
        self.fields[f"capacity_{service}"] = _percent(f"{name}: {built}")
        share = round(100 * base.domestic_shares.get(service, 0.0), 2)
        self.fields[f"domestic_{service}"] = _percent(f"{name}: {domestic}", share, 100)
        for year in base.years:
            self.fields[f"floor_{service}_{year}"] = forms.FloatField(
                label=f"{name}: {least}, {year}",
                min_value=0,
                max_value=1_000_000,
                required=False,
                initial=round(base.floors_km.get(service, {}).get(year, 0.0), 3) or None,
            )
            self.fields[f"floor_{service}_{year}"].widget.attrs["aria-label"] = (
                f"{name}: {least}, {year}"
            )

    def whole(self) -> list[forms.BoundField]:
        """Return the fields that belong to no year and no service."""
        names = ("title", "red_percent", "caps_percent", "regions_percent", "carries_over")
        return [self[name] for name in names]

    def money(self) -> list[forms.BoundField]:
        """Return the money of every year."""
        return [self[f"budget_{year}"] for year in self.base.years]

    def shares(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Return what is asked of each service."""
        return [(s, self[f"capacity_{s}"], self[f"domestic_{s}"]) for s in self.services]

    def floors(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the kilometres of each service by year."""
        return [(s, [self[f"floor_{s}_{year}"] for year in self.base.years]) for s in self.services]

    def limits(self) -> CountryLimits:
        """Return the base with what was changed."""
        told, base = self.cleaned_data, self.base
        caps = Decimal(str(told["caps_percent"])) / 100
        least = Decimal(str(told["regions_percent"])) / 100
        return replace(
            base,
            budgets_kzt={year: told[f"budget_{year}"] * MILLION for year in base.years},
            caps_kzt={
                utility: {year: money * caps for year, money in row.items()}
                for utility, row in base.caps_kzt.items()
            },
            capacities_km={
                region: {
                    service: {y: km * told[f"capacity_{service}"] / 100 for y, km in row.items()}
                    for service, row in rows.items()
                }
                for region, rows in base.capacities_km.items()
            },
            floors_km=self._floors(),
            domestic_shares={s: told[f"domestic_{s}"] / 100 for s in base.domestic_shares},
            regions_kzt={region: money * least for region, money in base.regions_kzt.items()},
            red_zone_share=told["red_percent"] / 100,
            carries_over=told["carries_over"],
        )

    def _floors(self) -> dict[str, dict[int, float]]:
        found = {
            service: {
                year: self.cleaned_data.get(f"floor_{service}_{year}") or 0.0
                for year in self.base.years
            }
            for service in self.services
        }
        return {service: row for service, row in found.items() if any(row.values())}


COUNTRY = "country"
ALL_YEARS = "all"


@dataclass(frozen=True)
class Purse:
    """Money that one limit speaks of, by year (or for all years together)."""

    code: str  # country, cap:<utility> or region:<region>
    title: str
    money_kzt: Mapping[str, Decimal]


def purses_of(limits: CountryLimits, words: RunWords) -> list[Purse]:
    """Return all money of a scenario that may be moved: the country's, of utilities, of regions."""
    country = {str(year): money for year, money in limits.budgets_kzt.items()}
    found = [Purse(COUNTRY, _("The whole country"), country)]
    for utility, row in sorted(limits.caps_kzt.items()):
        title = _("Tariff cap: %(name)s") % {"name": words.utilities.get(utility, utility)}
        found.append(Purse(f"cap:{utility}", title, {str(y): m for y, m in row.items()}))
    for region, money in sorted(limits.regions_kzt.items()):
        title = _("Least money of the region: %(name)s") % {
            "name": words.regions.get(region, region)
        }
        found.append(Purse(f"region:{region}", title, {ALL_YEARS: money}))
    return found


class MoneyForm(DeskForm):
    """The money of one purse as parts of what a run had; a part that was not said is the whole."""

    def __init__(
        self, data: Mapping[str, str], *, limits: CountryLimits, purses: list[Purse]
    ) -> None:
        self.limits, self.purses = limits, purses
        known = {purse.code: purse for purse in purses}
        self.purse = known.get(data.get("of", ""), purses[0])
        names = [f"percent_{year}" for year in self.purse.money_kzt]
        super().__init__({name: data.get(name, "100") for name in names})
        for year in self.purse.money_kzt:
            self.fields[f"percent_{year}"] = forms.FloatField(
                label=_("All years") if year == ALL_YEARS else year,
                min_value=0,
                max_value=300,
                widget=forms.NumberInput(attrs={"type": "range", "step": 5, "class": "form-range"}),
            )

    def rows(self) -> list[tuple[str, float, Decimal, Decimal]]:
        """Return the label, the part, the money before and after of every year."""
        rows = []
        for year, money in self.purse.money_kzt.items():
            percent = self.cleaned_data[f"percent_{year}"]
            after = money * Decimal(str(percent)) / 100
            rows.append((str(self.fields[f"percent_{year}"].label), percent, money, after))
        return rows

    def asked(self) -> CountryLimits:
        """Return the limits with the other money."""
        after = [row[3] for row in self.rows()]
        kind, _sign, code = self.purse.code.partition(":")
        if kind == "region":
            return replace(self.limits, regions_kzt={**self.limits.regions_kzt, code: after[0]})
        money = dict(zip(map(int, self.purse.money_kzt), after, strict=True))
        if kind == "cap":
            return replace(self.limits, caps_kzt={**self.limits.caps_kzt, code: money})
        return replace(self.limits, budgets_kzt=money)
