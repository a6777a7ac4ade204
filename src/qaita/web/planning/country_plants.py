"""Plants in the form of a country's scenario: when each is renewed, replaced or closed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from qaita.networks.models import Network
from qaita.planning.queries import CountryLimits, plants_of_scenario
from qaita.web import formats

FEW_PLANTS = 20
FIELDS = {"plant_ready": "plants_ready", "plant_closing": "plants_closing"}
PAST_LIFE = "plant_past_life"
OTHER, OTHER_WHEN = "plant_other", "plant_other_when"


def add_plants(form: Any, base: CountryLimits) -> None:
    """Ask of each plant that the base names, where they are few, and of one more."""
    plants = plants_of_scenario(base, formats.language())
    if len(plants) > FEW_PLANTS:
        return
    for one in plants:
        now = f"{one.kind}:{one.year}"
        since = base.plants_past_life.get(one.network)
        form.fields[f"plant_{one.network}"] = forms.ChoiceField(
            label=f"{one.name} ({one.network})",
            choices=_choices(base.years, since=since, now=(one.kind, one.year)),
            required=False,
            initial=now,
        )
    form.fields[OTHER] = forms.CharField(
        label=_("Another network, by its code"), max_length=16, required=False
    )
    form.fields[OTHER_WHEN] = forms.ChoiceField(
        label=_("Its plant"), choices=_choices(base.years), required=False
    )


def _choices(
    years: tuple[int, ...], *, since: int | None = None, now: tuple[str, int] = ("", 0)
) -> list[tuple[str, str]]:
    """Return what may be said of a plant; `since`: from when on the register has it past life."""
    found = {"": _("nothing is said: the pipes do not wait")}
    if since is not None:
        words = _("no date is named; all equipment past its norm life from %(year)s on")
        found[f"{PAST_LIFE}:{since}"] = words % {"year": since}
    kinds = {
        "plant_ready": _("renewed, or a new one comes into use, in %(year)s"),
        "plant_closing": _("closes in %(year)s, nothing takes its place"),
    }
    for kind, text in kinds.items():
        own = {now[1]} if now[0] == kind else set()
        for year in sorted({*years, years[-1] + 1} | own):
            found[f"{kind}:{year}"] = text % {"year": year}
    return list(found.items())


def network_fault(code: str) -> str:
    """Return what is wrong with the code of a network; empty where nothing is."""
    if not code or Network.objects.filter(code=code.strip().upper()).exists():
        return ""
    return _("This code is not known here.")


def plants_asked(told: Mapping[str, Any], base: CountryLimits) -> dict[str, Any] | None:
    """Return what the form says of plants, as the limits hold it; None where it did not ask."""
    if OTHER not in told:
        return None
    names = ("plants_past_life", *FIELDS.values())
    asked: dict[str, dict[str, int]] = {name: {} for name in names}
    said = {
        name.removeprefix("plant_"): value
        for name, value in told.items()
        if name.startswith("plant_") and name not in (OTHER, OTHER_WHEN)
    }
    if told[OTHER]:
        said[told[OTHER].strip().upper()] = told[OTHER_WHEN]
    for network, value in said.items():
        kind, _sign, year = value.partition(":")
        if kind in FIELDS:
            asked[FIELDS[kind]][network] = int(year)
        if value and network in base.plants_past_life:
            asked["plants_past_life"][network] = base.plants_past_life[network]
    return asked
