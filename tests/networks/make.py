"""Builders of networks for tests."""

from datetime import UTC, date, datetime

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Actor, Grant
from qaita.ledger.services import record
from qaita.networks.models import Network, Section, UtilityService
from qaita.networks.parsed import ParsedNetwork, ParsedNode, ParsedSection
from qaita.networks.services import import_network, register_utility_service
from qaita.territory.models import Region

AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
PROGRAMME = Actor("PN-PROGRAMME", frozenset({Grant("programme_office")}))


def make_utility(service: str = "water", kato: str = "55", number: str = "1") -> UtilityService:
    region, _ = Region.objects.get_or_create(
        kato=kato,
        defaults={
            "iso": f"KZ-{kato}",
            "name_kk": "Павлодар облысы",
            "name_ru": "Павлодарская область",
            "name_en": "Pavlodar Region",
        },
    )
    organisation, is_new = Organisation.objects.get_or_create(
        code=f"OR-TEST{number}",
        defaults={
            "bin": f"00000000000{number}",
            "kind": "utility",
            "name_kk": "Демо су арнасы",
            "name_ru": "Демо Водоканал",
            "name_en": "Demo Water Networks",
            "region": region,
        },
    )
    if is_new:
        record("organisation.register", organisation.code, by=PROGRAMME, at=AT)
    return register_utility_service(
        organisation, service=service, region=region, by=PROGRAMME, at=AT
    )


def make_engineer(utility: UtilityService, role: str = "utility_engineer") -> Actor:
    grant = Grant(role, utility.organisation.code, utility.region.kato)
    return Actor("PN-ENGINEER", frozenset({grant}))


def make_parsed(sections: int = 4, **values: object) -> ParsedNetwork:
    """A street of sections, one after another, 100 m or so each."""
    nodes = [
        ParsedNode(f"n{i}", 76.95 + i * 0.0014, 52.28, row=i + 1, consumers=10 * i)
        for i in range(sections + 1)
    ]
    rows = [
        ParsedSection(
            f"s{i}",
            f"n{i}",
            f"n{i + 1}",
            [(76.95 + i * 0.0014, 52.28), (76.95 + (i + 1) * 0.0014, 52.28)],
            material="steel",
            diameter_mm=150,
            laid_on=date(1985, 7, 1),
            laid_precision="year",
            row=i + 1,
        )
        for i in range(sections)
    ]
    parsed = ParsedNetwork(nodes, rows, file_sha256="ab" * 32, file_name="street.inp")
    for name, value in values.items():
        setattr(parsed, name, value)
    return parsed


def make_network(sections: int = 4, service: str = "water") -> Network:
    utility = make_utility(service)
    load = import_network(
        make_parsed(sections),
        utility_service=utility,
        name="Street",
        by=make_engineer(utility),
        at=AT,
    )
    assert load.network is not None
    return load.network


def sections_by_name(network: Network) -> dict[str, Section]:
    return {section.name: section for section in network.sections.all()}
