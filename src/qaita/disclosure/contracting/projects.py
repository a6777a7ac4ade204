"""OC4IDS: every public project with its budget, parties, tenders and completion."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db.models import Max

from qaita.accounts.models import Organisation
from qaita.disclosure.contracting.history import Record, records, tenders_of_the_public
from qaita.disclosure.contracting.parts import (
    Json,
    Place,
    document,
    filled,
    moment,
    money,
    party,
    period,
    reference,
)
from qaita.disclosure.contracting.releases import CONTRACT_STATUS, OPENED, ocid_of, project_id
from qaita.ledger.models import Entry
from qaita.procurement.models import Contract
from qaita.programme.models import Project
from qaita.programme.queries import public_projects

STATUS = {
    "returned": "identification", "submitted": "identification",
    "technically_checked": "identification", "financially_checked": "identification",
    "tariff_agreed": "identification", "confirmed": "preparation",
    "choosing_contractor": "preparation", "ready": "preparation",
    "in_works": "implementation", "done": "completed", "refused": "cancelled",
}  # fmt: skip
SECTORS = {
    "water": ["waterAndWaste"], "wastewater": ["waterAndWaste"],
    "heat": ["energy"], "power": ["energy"], "gas": ["energy"],
}  # fmt: skip


def projects(place: Place, releases: list[Json]) -> Iterator[Json]:
    """Return every public project; `releases` are linked from its tenders."""
    linked: dict[str, list[Json]] = defaultdict(list)
    for one in releases:
        linked[one["ocid"]].append(one)
    found: dict[int, list[Record]] = defaultdict(list)
    for record in records(tenders_of_the_public()):
        found[record.tender.project_id].append(record)
    rows = list(public_projects().select_related("utility__region", "region").order_by("code"))
    told = _told_at([row.code for row in rows])
    for project in rows:
        yield _project(project, found[project.pk], linked, place, told[project.code])


def _told_at(codes: list[str]) -> dict[str, datetime]:
    rows = Entry.objects.filter(code__in=codes).values("code").annotate(last=Max("at"))
    return {row["code"]: row["last"] for row in rows}


def _project(
    project: Project,
    tenders: list[Record],
    linked: dict[str, list[Json]],
    place: Place,
    at: datetime,
) -> Json:
    done = project.state == "done"
    acts = [act for one in tenders for act in one.acts if act.accepted_at is not None]
    accepted = [act.accepted_at for act in acts if act.accepted_at is not None]
    return filled(
        id=project_id(project.code),
        identifiers=[{"id": project.code, "scheme": "internal"}],
        updated=moment(at),
        title=project.title_en,
        status=STATUS.get(project.state, "identification"),
        sector=SECTORS.get(project.service),
        purpose="Renewal of worn networks so that people's service fails less often.",
        type="replacement",
        additionalClassifications=[
            {"scheme": "qaita-service", "id": project.service, "description": project.service}
        ],
        period=period(project.drafted_at, max(accepted) if done and accepted else None),
        locations=[
            {
                "id": project.region.kato,
                "description": project.region.name_en,
                "address": {"region": project.region.name_en, "countryName": "Kazakhstan"},
            }
        ],
        budget={"amount": money(project.cost_kzt)},
        parties=_parties(project, tenders),
        publicAuthority=reference(project.utility),
        documents=[
            document(
                f"{project.code}-page", "projectScope", project.title_en,
                place.page("projects", project.code), project.drafted_at,
            )
        ],
        contractingProcesses=[_process(one, linked[ocid_of(one.tender)], place) for one in tenders],
        completion=_completion(tenders, max(accepted)) if done and accepted else None,
    )  # fmt: skip


def _signed(record: Record) -> list[Contract]:
    return [one for one in record.contracts if one.state in CONTRACT_STATUS]


def _parties(project: Project, tenders: list[Record]) -> list[Json]:
    roles: dict[Organisation, set[str]] = defaultdict(set)
    roles[project.utility].add("publicAuthority")
    for record in tenders:
        roles[record.tender.buyer] |= {"buyer", "procuringEntity"}
        for bid in record.bids:
            if record.tender.state in OPENED and bid.state == "opened":
                roles[bid.supplier].add("tenderer")
        for contract in _signed(record):
            roles[contract.supplier].add("supplier")
    return [party(one, roles[one]) for one in sorted(roles, key=lambda one: one.bin)]


def _process(record: Record, linked: list[Json], place: Place) -> Json:
    tender, contracts = record.tender, _signed(record)
    opened = [one for one in record.bids if tender.state in OPENED and one.state == "opened"]
    bidders = {one.supplier.bin: reference(one.supplier) for one in opened}
    suppliers = {one.supplier.bin: reference(one.supplier) for one in contracts}
    estimate = sum((lot.estimate_kzt for lot in tender.lots.all()), start=Decimal(0))
    return {
        "id": ocid_of(tender),
        "summary": filled(
            ocid=ocid_of(tender),
            externalReference=tender.code,
            nature=["construction"],
            title=tender.title_en,
            status=_process_status(record, contracts),
            tender=filled(
                procurementMethod="open",
                procurementMethodDetails="Two stages: prequalification, then sealed price",
                costEstimate=money(estimate),
                numberOfTenderers=len(bidders) if tender.state in OPENED else None,
                tenderers=[bidders[key] for key in sorted(bidders)],
                procuringEntity=reference(tender.buyer),
            ),
            suppliers=[suppliers[key] for key in sorted(suppliers)],
            contractValue=_total([one.original_sum_kzt for one in contracts]),
            contractPeriod=_span(contracts),
            finalValue=_total([one.amount_kzt for one in record.acts if one.accepted_at])
            if contracts and all(one.state == "completed" for one in contracts)
            else None,
        ),
        "releases": [
            {
                "id": one["id"],
                "date": one["date"],
                "tag": one["tag"],
                "url": f"{place.address}/data/ocds/releases.jsonl",
            }
            for one in linked
        ],
    }


def _process_status(record: Record, contracts: list[Contract]) -> str:
    if record.tender.state in ("failed", "cancelled"):
        return "closed"
    if not contracts:
        return "pre-award"
    live = any(one.state in ("signed", "running") for one in contracts)
    return "active" if live else "closed"


def _total(amounts: list[Decimal]) -> Json | None:
    return money(sum(amounts, start=Decimal(0))) if amounts else None


def _span(contracts: list[Contract]) -> Json | None:
    if not contracts:
        return None
    return period(min(one.starts_on for one in contracts), max(one.ends_on for one in contracts))


def _completion(tenders: list[Record], ended: datetime) -> Json:
    acts = [act for one in tenders for act in one.acts if act.accepted_at is not None]
    metres = sum(act.length_m for act in acts)
    return filled(
        endDate=moment(ended),
        finalValue=_total([act.amount_kzt for act in acts]),
        finalScope=f"{metres:.1f} m of networks renewed, by acts of acceptance.",
    )
