"""Opening and starting a site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation
from qaita.kernel.actor import SYSTEM, Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Wrong
from qaita.kernel.ids import derived_code
from qaita.kernel.money import tenge
from qaita.ledger.services import move, record, settle
from qaita.networks.geometry import geodesic_length_m, unpack
from qaita.networks.models import Section
from qaita.networks.services import begin_works
from qaita.procurement.models import Contract
from qaita.procurement.services import start_contract
from qaita.programme.models import Project
from qaita.programme.services import begin_project_works
from qaita.works.errors import NO_FREE_SECTIONS, NO_SIGNED_CONTRACT, OVER_ESTIMATE, SITE_EXISTS
from qaita.works.models import LineKind, Site, WorkLine
from qaita.works.services.permissions import require_side
from qaita.works.states import SITE


@dataclass(frozen=True)
class BillLine:
    """One line of the bill of quantities, as the contract gives it.

    A `length` line is measured from the geometry of accepted lines only.
    """

    titles: tuple[str, str, str]  # kk, ru, en
    unit: str
    estimate_quantity: Decimal
    contract_quantity: Decimal
    price_kzt: Decimal
    kind: str = LineKind.OTHER


@dataclass(frozen=True)
class SitePlan:
    """What is laid down when a site opens.

    Without sections the site has the project's; without a bill one line pays the length.
    """

    supervision: Organisation | None = None
    bill: Sequence[BillLine] = ()
    sections: Sequence[Section] = ()
    design_material: str = ""


EMPTY_PLAN = SitePlan()


def open_site(contract: Contract, plan: SitePlan = EMPTY_PLAN, *, by: Actor, at: datetime) -> Site:
    """Open the site of a signed contract with its bill of quantities and its sections."""
    project = contract.project
    site = Site(
        code=derived_code("ST", contract.code),
        contract=contract,
        project=project,
        utility=contract.buyer,
        supplier=contract.supplier,
        supervision=plan.supervision,
        service=project.service,
        region_kato=project.region.kato,
        sum_kzt=contract.sum_kzt,
        law_on=day_of(contract.signed_at or at),
        design_material=plan.design_material,
        opened_on=day_of(at),
        due_on=contract.ends_on,
    )
    require_side("site.open", site, ("utility_engineer", "utility_head", "supplier"), by)
    with transaction.atomic():
        Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        contract.refresh_from_db(fields=["state"])
        if contract.state not in ("signed", "running"):
            raise Refused("site.open", [NO_SIGNED_CONTRACT])
        if Site.objects.filter(contract=contract).exists():
            raise Refused("site.open", [SITE_EXISTS])
        chosen = _free_sections(project, plan)
        site.save()
        site.sections.set(chosen)
        lines = list(plan.bill) or [_length_line(site, chosen)]
        _write_bill(site, lines)
        record("site.open", site.code, by=by, at=at, facts=_facts_of(site, chosen, lines))
    return site


def _free_sections(project: Project, plan: SitePlan) -> list[Section]:
    """Return the sections asked for, or all of the project that no other site has."""
    taken = set(project.sites.values_list("sections", flat=True))
    free = [section for section in project.sections.all() if section.pk not in taken]
    asked = list(plan.sections) or free
    if not asked or not {section.pk for section in asked} <= {section.pk for section in free}:
        raise Refused("site.open", [NO_FREE_SECTIONS])
    return asked


def _length_line(site: Site, sections: Sequence[Section]) -> BillLine:
    metres = sum(geodesic_length_m(unpack(section.geometry)) for section in sections)
    length_m = Decimal(str(round(metres, 3)))
    return BillLine(
        titles=(
            "Желіні қайта төсеу",
            "Перекладка сети",
            "Renewal of the line",
        ),
        unit="m",
        estimate_quantity=length_m,
        contract_quantity=length_m,
        price_kzt=tenge(site.sum_kzt / length_m) if length_m else tenge(0),
        kind=LineKind.LENGTH,
    )


def _write_bill(site: Site, bill: Sequence[BillLine]) -> None:
    if any(line.contract_quantity > line.estimate_quantity for line in bill):
        raise Refused("site.open", [OVER_ESTIMATE])
    total = sum((line.contract_quantity * line.price_kzt for line in bill), Decimal(0))
    # Prices per metre are rounded to the tiyn, so the sum may miss by a tiyn a unit.
    slack = sum((line.contract_quantity for line in bill), Decimal(0)) * Decimal("0.01")
    if total > site.sum_kzt + slack:
        raise Wrong({"bill": [_("The bill of quantities costs more than the contract.")]})
    WorkLine.objects.bulk_create(
        WorkLine(
            site=site,
            number=number,
            kind=line.kind,
            title_kk=line.titles[0],
            title_ru=line.titles[1],
            title_en=line.titles[2],
            unit=line.unit,
            estimate_quantity=line.estimate_quantity,
            contract_quantity=line.contract_quantity,
            price_kzt=line.price_kzt,
        )
        for number, line in enumerate(bill, 1)
    )


def _facts_of(
    site: Site, sections: Sequence[Section], bill: Sequence[BillLine]
) -> dict[str, object]:
    return {
        "project": site.project,
        "contract": site.contract,
        "supplier": site.supplier,
        "supervision": site.supervision,
        "sections": [section.code for section in sections],
        "bill": [
            [line.titles[2], line.unit, line.contract_quantity, line.price_kzt] for line in bill
        ],
        "due_on": site.due_on,
    }


# whose a section is: every check of a role asks for it
OWNED = ("network__utility_service__organisation", "network__region")


def start_site(site: Site, *, by: Actor, at: datetime) -> Site:
    """Begin the works: the sections leave service, the project is in works."""
    with transaction.atomic():
        move(site, SITE, "start", by=by, at=at)
        site.started_on = day_of(at)
        site.save(update_fields=["started_on"])
        settle(site)
        waiting = site.sections.filter(state="in_service").select_related(*OWNED)
        begin_works(list(waiting), project_code=site.project.code, by=SYSTEM, at=at)
        if site.contract.state == "signed":
            start_contract(site.contract, by=SYSTEM, at=at)
        project = Project.objects.select_for_update(of=("self",)).get(pk=site.project_id)
        if project.state == "ready":
            begin_project_works(project, by=SYSTEM, at=at)
        site.project.refresh_from_db(fields=["state"])
    return site
