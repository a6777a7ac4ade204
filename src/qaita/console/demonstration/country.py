"""The whole demonstration country, in the order in which it comes to be."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import cast

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from qaita.accounts.models import Organisation
from qaita.accounts.roles import ROLES
from qaita.console.demonstration import wares
from qaita.console.demonstration.cast import Cast, gather_cast, keep_member_keys, register_utilities
from qaita.console.demonstration.daily import live_daily
from qaita.console.demonstration.funnel import stories_of
from qaita.console.demonstration.grounds import Plot, lay, read_topology
from qaita.console.demonstration.nation import plan_nation
from qaita.console.demonstration.planned import Offer, plan_next_year, plan_utility
from qaita.console.demonstration.service_areas import (
    LESSER,
    TOPOLOGIES,
    Area,
    filling_areas,
    further_areas,
    main_areas,
    services_by_owner,
    towns_for,
)
from qaita.console.demonstration.stories import tell_stories
from qaita.console.demonstration.story import Story
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import day_of
from qaita.ledger.services import publish_log, record
from qaita.networks.models import Network, UtilityService
from qaita.networks.parsed import ParsedNetwork
from qaita.networks.services import (
    forecast_failures_due,
    import_network,
    refresh_condition,
    register_utility_service,
)
from qaita.programme.services import load_targets
from qaita.territory.models import Region, Settlement
from qaita.territory.services import load_territory

Say = Callable[[str], None]
SEED = 20251
NETWORK = ("желі", "сеть", "network")  # in kk, ru, en


@dataclass(frozen=True)
class Size:
    """How large the country is: utilities, those that planned, networks of each, stories."""

    utilities: int
    planned: int
    copies: int
    funnel: int  # one of so many projects of the funnel is told
    is_whole: bool = True  # every region has every service
    room: int = 1  # times the money of the law: few large packages do not fit years as many do


SIZES = {
    "tiny": Size(4, 4, 1, 4, is_whole=False, room=4),  # for tests
    "small": Size(35, 8, 1, 1),
    "city": Size(35, 8, 3, 1),
    "country": Size(35, 20, 20, 1),
}


@dataclass
class Country:
    """What has been made so far."""

    at: datetime
    seed: int
    networks: list[Network] = field(default_factory=list)
    cast: Cast = field(init=False)


def load_basis(say: Say, *, at: datetime) -> None:
    """Load the territory and the published targets: all that `--empty` asks for."""
    with transaction.atomic():
        load_territory(by=SYSTEM, at=at)
        count = load_targets(by=SYSTEM, at=at)
    say(f"territory, {count} published targets")


def make_country(
    say: Say, *, size: str, seed: int, at: datetime, ready: Callable[[], object] = int
) -> Country:
    """Make the demonstration country, all of it or nothing.

    `ready` is called before the country is planned: it may wait for what is compiled beside.
    """
    at = datetime.combine(day_of(at), time(4), UTC)
    country = Country(at, seed)
    with transaction.atomic():
        load_basis(say, at=at)
        record("demonstration.make", "DEMO", by=SYSTEM, at=at, facts={"seed": seed, "size": size})
        _found(country, say, SIZES[size])
        stories = _stories(country, say, SIZES[size])
        tell_stories(stories, until=at)
        say(f"{len(stories)} projects through the funnel")
        for network in country.networks:
            refresh_condition(network, on=day_of(at), by=SYSTEM, at=at)
        say("wear modelled anew")
        crew = country.cast.people.of("dispatcher").person.code
        live_daily(country.networks, crew, seed=seed, at=at, say=say)
        if size != "country":  # there the calendar does it, some at a time
            forecast_failures_due(at=at, most=FORETOLD)
            say("failures foretold")
        regions = list(Region.objects.order_by("kato"))
        office = country.cast.signer("programme_office")
        count = wares.register_wares(regions, seed, office=office, at=at)
        say(f"{wares.PRODUCERS} producers, {count} products")
        ready()
        run = plan_nation(country.cast, at=at, room=SIZES[size].room)
        say(f"plan of the country: {run.chosen_count:,} of {run.package_count:,} packages")
    checkpoint = publish_log()
    say(f"ledger of {checkpoint.size} entries")
    write_sign_ins(country.cast, Path(settings.DATA_DIR) / "demo")
    return country


# ------------------------------------------------------------------ utilities and networks

FORETOLD = 6  # utility services whose failures a demonstration foretells; the calendar goes on


def areas_of(size: Size) -> list[Area]:
    """Return the networks of a country: first one for every utility, in the order of planning."""
    towns = towns_for(size.utilities)
    if not size.is_whole:
        return main_areas(towns, LESSER)
    main = main_areas(towns, TOPOLOGIES)
    return [*main, *filling_areas(main), *further_areas(main, size.copies)]


def _found(country: Country, say: Say, size: Size) -> None:
    at = country.at - timedelta(days=480)
    areas = areas_of(size)
    utilities = _utilities(areas[: size.utilities], services_by_owner(areas), at)
    country.cast = gather_cast(utilities, at)
    say(f"{len(utilities)} utilities, their people and keys")
    shapes = {name: read_topology(name) for name in {area.topology for area in areas}}
    owned: dict[tuple[int, str], UtilityService] = {}
    count = 0
    for number, area in enumerate(areas):
        owner, key = utilities[area.owner], (area.owner, area.service)
        if key not in owned:
            region = area.town.region
            owned[key] = register_utility_service(
                owner, service=area.service, region=region, by=SYSTEM, at=at
            )
        plot = Plot(area.service, area.topology, area.town, country.seed + number, area.aside_deg)
        parsed = lay(shapes[area.topology], plot, on=day_of(at))
        count += len(parsed.sections)
        country.networks.append(_store(parsed, owned[key], area, at))
    say(f"{count:,} sections on {len(country.networks)} networks")


def _utilities(
    homes: Sequence[Area], services: Mapping[int, tuple[str, ...]], at: datetime
) -> list[Organisation]:
    wanted = [(services[home.owner], _names(home.town), home.town.region) for home in homes]
    return register_utilities(wanted, at)


def _names(town: Settlement) -> tuple[str, str, str]:
    return town.name_kk, town.name_ru, town.name_en


def _store(parsed: ParsedNetwork, own: UtilityService, area: Area, at: datetime) -> Network:
    names = _names(area.town)
    if area.number > 1:
        words = (f"{n}, № {area.number} {w}" for n, w in zip(names, NETWORK, strict=True))
        names = cast(tuple[str, str, str], tuple(words))
    loaded = import_network(parsed, utility_service=own, name=names, by=SYSTEM, at=at)
    return Network.objects.get(imports=loaded)


# ------------------------------------------------------------------ projects


def _offers(country: Country, size: Size) -> Iterator[list[Offer]]:
    """Plan five years for those that plan projects now, the next year for all others."""
    for network in country.networks[: size.planned]:
        offer = plan_utility(network, country.cast, at=country.at - timedelta(days=460))
        if offer:
            yield offer
    rest = country.networks[size.planned : size.utilities]
    for network in rest:
        plan_next_year(_least(network), country.cast, at=country.at - timedelta(days=60))


def _least(network: Network) -> Network:
    """Return the smallest network of the same utility: its plan is the quickest to compute."""
    owner = network.utility_service.organisation
    rows = Network.objects.filter(utility_service__organisation=owner)
    found = rows.annotate(many=Count("sections")).order_by("many", "pk").first()
    return found or network


def _stories(country: Country, say: Say, size: Size) -> list[Story]:
    """Plan for every utility, then give each wanted story its packages."""
    offers = list(_offers(country, size))
    say(f"{len(country.cast.heads)} plans run and adopted")
    return list(
        stories_of(country.cast, offers, one_of=size.funnel, seed=country.seed, at=country.at)
    )


# ------------------------------------------------------------------ sign-ins


def write_sign_ins(cast: Cast, folder: Path) -> None:
    """Write who may sign in, for the printed table; and the committee's keys, which are theirs."""
    folder.mkdir(parents=True, exist_ok=True)
    first: dict[str, dict[str, str]] = {}
    for one in cast.people.people:
        first.setdefault(
            one.role,
            {
                "role": str(ROLES[one.role]),
                "code": one.role,
                "username": one.username,
                "password": cast.people.password,
            },
        )
    # prices are opened by several members together, so whoever tries it needs the others too
    seats = [one.username for one in cast.people.people if one.role == "committee_member"]
    first["committee_member"]["others"] = ", ".join(dict.fromkeys(seats[1:]))
    text = json.dumps(list(first.values()), ensure_ascii=False, indent=1)
    (folder / "signins.json").write_text(text)
    keep_member_keys(cast, folder)
