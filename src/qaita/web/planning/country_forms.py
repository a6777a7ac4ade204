"""The shape of a country's scenario: it begins from the law or another one, and may be changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qaita.accounts.models import Organisation
from qaita.kernel.text import in_language
from qaita.planning.queries import CountryLimits, RunWords
from qaita.territory.models import Region
from qaita.web import formats
from qaita.web.desk.forms import DeskForm
from qaita.web.labels import service_of
from qaita.web.planning.country_plants import add_plants, network_fault, plants_asked

MILLION = Decimal(1_000_000)
MOST_PERCENT = 1_000
MOST_MONEY_MLN, MOST_KM = 10**12, 1_000_000
# so many are written one by one; more come and go as a file
FEW_UTILITIES, FEW_CAPACITIES, FEW_REGIONS = 8, 15, 20


def _percent(label: Any, value: float = 100, most: float = MOST_PERCENT) -> forms.FloatField:
    return forms.FloatField(label=label, min_value=0, max_value=most, initial=value)


def names_of(rows: QuerySet[Any], key: str) -> dict[str, str]:
    """Return the names of things in the language of the page, by their codes."""
    language = formats.language()
    return {getattr(one, key): in_language(one, "name", language) for one in rows}


class CountryForm(DeskForm):
    """A country's scenario: absolute amounts; of many utilities or regions as parts of the base."""

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
        self._utilities()
        self._regions()
        add_plants(self, base)
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

    def _service(self, service: str) -> None:
        name, base = service_of(service), self.base
        built, domestic = _("can be built, % of the base"), _("domestic share at least, %")
        least = _("at least, km")
        if not self.are_few_capacities:
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

    @property
    def are_few_capacities(self) -> bool:
        """Tell whether each region's capacities are written one by one."""
        return 0 < sum(map(len, self.base.capacities_km.values())) <= FEW_CAPACITIES

    def _utilities(self) -> None:
        """Ask for the cap of each utility in each year, or, of many, for a part of all."""
        caps = self.base.caps_kzt
        if not 0 < len(caps) <= FEW_UTILITIES:
            self.fields["caps_percent"] = _percent(_("Tariff caps of utilities, % of the base"))
            return
        names = names_of(Organisation.objects.filter(code__in=list(caps)), "code")
        for utility, row in sorted(caps.items()):
            for year in self.base.years:
                label = f"{names.get(utility, utility)}, {year}"
                self._cell(f"cap_{utility}_{year}", label, row.get(year, Decimal(0)) / MILLION)

    def _regions(self) -> None:
        """Ask for the least money and the capacities of each region, or for parts of all."""
        regions = names_of(Region.objects.all(), "kato")
        least = self.base.regions_kzt
        if not 0 < len(least) <= FEW_REGIONS:
            self.fields["regions_percent"] = _percent(_("Least money of regions, % of the base"))
        else:
            for region, money in sorted(least.items()):
                self._cell(f"least_{region}", regions.get(region, region), money / MILLION)
        if not self.are_few_capacities:
            return
        for region, services in sorted(self.base.capacities_km.items()):
            for service, row in sorted(services.items()):
                name = f"{regions.get(region, region)}, {service_of(service)}"
                for year in self.base.years:
                    km = Decimal(repr(round(row.get(year, 0.0), 3)))
                    self._cell(f"built_{region}_{service}_{year}", f"{name}, {year}", km, MOST_KM)

    def _cell(self, name: str, label: str, value: Decimal, most: int = MOST_MONEY_MLN) -> None:
        """Add one amount of a table."""
        self.fields[name] = forms.DecimalField(
            label=label, min_value=0, max_value=most, initial=value.quantize(Decimal("0.001"))
        )
        self.fields[name].widget.attrs["aria-label"] = label

    def whole(self) -> list[forms.BoundField]:
        """Return the fields that belong to no year and no service."""
        names = ("title", "red_percent", "caps_percent", "regions_percent", "carries_over")
        return [self[name] for name in names if name in self.fields]

    def caps(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the caps of each utility by year, where they are few."""
        return self._table("cap_", [f"cap_{utility}" for utility in sorted(self.base.caps_kzt)])

    def built(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the capacities of each region and service by year, where they are few."""
        rows = self.base.capacities_km
        stems = [f"built_{r}_{s}" for r, services in sorted(rows.items()) for s in sorted(services)]
        return self._table("built_", stems)

    def _table(self, start: str, stems: list[str]) -> list[tuple[str, list[forms.BoundField]]]:
        if not any(name.startswith(start) for name in self.fields):
            return []
        years = self.base.years
        rows = [[self[f"{stem}_{year}"] for year in years] for stem in stems]
        return [(str(row[0].label).rpartition(",")[0], row) for row in rows]

    def least(self) -> list[forms.BoundField]:
        """Return the least money of each region, where they are few."""
        return [self[name] for name in self.fields if name.startswith("least_")]

    def plants(self) -> list[forms.BoundField]:
        """Return what is asked of plants, where they are few."""
        return [self[name] for name in self.fields if name.startswith("plant_")]

    def clean_plant_other(self) -> str:
        """Refuse a network that is not there."""
        code = str(self.cleaned_data["plant_other"])
        if fault := network_fault(code):
            raise forms.ValidationError(fault)
        return code

    def money(self) -> list[forms.BoundField]:
        """Return the money of every year."""
        return [self[f"budget_{year}"] for year in self.base.years]

    def shares(self) -> list[tuple[str, forms.BoundField | None, forms.BoundField]]:
        """Return what is asked of each service."""
        return [
            (s, None if self.are_few_capacities else self[f"capacity_{s}"], self[f"domestic_{s}"])
            for s in self.services
        ]

    def floors(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the kilometres of each service by year."""
        return [(s, [self[f"floor_{s}_{year}"] for year in self.base.years]) for s in self.services]

    def limits(self) -> CountryLimits:
        """Return the base with what was changed."""
        told, base = self.cleaned_data, self.base
        plants = plants_asked(told, base)
        return replace(
            base if plants is None else replace(base, **plants),
            budgets_kzt={year: told[f"budget_{year}"] * MILLION for year in base.years},
            caps_kzt=self._caps_asked(),
            capacities_km=self._capacities_asked(),
            floors_km=self._floors(),
            domestic_shares={s: told[f"domestic_{s}"] / 100 for s in base.domestic_shares},
            regions_kzt=self._least_asked(),
            red_zone_share=told["red_percent"] / 100,
            carries_over=told["carries_over"],
        )

    def _caps_asked(self) -> dict[str, dict[int, Decimal]]:
        told, base = self.cleaned_data, self.base
        if "caps_percent" in told:
            part = Decimal(str(told["caps_percent"])) / 100
            return {
                u: {y: kzt * part for y, kzt in row.items()} for u, row in base.caps_kzt.items()
            }
        return {
            utility: {year: told[f"cap_{utility}_{year}"] * MILLION for year in base.years}
            for utility in base.caps_kzt
        }

    def _capacities_asked(self) -> dict[str, dict[str, dict[int, float]]]:
        told, base, few = self.cleaned_data, self.base, self.are_few_capacities
        return {
            region: {
                service: {
                    year: float(told[f"built_{region}_{service}_{year}"])
                    if few
                    else km * told[f"capacity_{service}"] / 100
                    for year, km in row.items()
                }
                for service, row in rows.items()
            }
            for region, rows in base.capacities_km.items()
        }

    def _least_asked(self) -> dict[str, Decimal]:
        told, base = self.cleaned_data, self.base
        if "regions_percent" in told:
            part = Decimal(str(told["regions_percent"])) / 100
            return {region: money * part for region, money in base.regions_kzt.items()}
        return {region: told[f"least_{region}"] * MILLION for region in base.regions_kzt}

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
