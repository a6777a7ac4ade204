"""OCDS releases: one for each public event of a tender, with everything known at it."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from qaita.accounts.models import Organisation
from qaita.disclosure.contracting.history import (
    TAGS,
    Record,
    events,
    records,
    tenders_of_the_public,
)
from qaita.disclosure.contracting.parts import (
    AGSK3_SCHEME,
    ENS_TRU_SCHEME,
    LANGUAGE,
    OCID_PREFIX,
    PRODUCT_SCHEME,
    PROJECT_PREFIX,
    Json,
    Place,
    document,
    filled,
    in_english,
    moment,
    money,
    party,
    period,
    reference,
    unit_of,
)
from qaita.ledger.models import Entry
from qaita.procurement.models import Award, Contract, Lot, OfferedProduct, Tender

TENDER_STATUS = {
    "open": "active", "closed": "active", "admitted": "active", "opened": "active",
    "awarded": "complete", "concluded": "complete",
    "failed": "unsuccessful", "cancelled": "cancelled",
}  # fmt: skip
AWARD_STATUS = {
    "standing": "pending", "signed": "active", "annulled": "cancelled", "declined": "cancelled",
}  # fmt: skip
CONTRACT_STATUS = {
    "signed": "active", "running": "active", "completed": "terminated", "terminated": "terminated",
}  # fmt: skip
OPENED = ("opened", "awarded", "concluded")


def releases(place: Place) -> Iterator[Json]:
    """Return every release, oldest first."""
    with in_english():
        for entry, record in events(records(tenders_of_the_public())):
            yield release_of(entry, record, place)


def ocid_of(tender: Tender) -> str:
    """Return the open contracting id of a tender."""
    return f"{OCID_PREFIX}-{tender.code}"


def project_id(project_code: str) -> str:
    """Return the OC4IDS id of a project."""
    return f"{PROJECT_PREFIX}-{project_code}"


def release_of(entry: Entry, record: Record, place: Place) -> Json:
    """Return the release of one event. Its id is the hash of the event's leaf in the ledger."""
    tender = record.tender
    signed = [one for one in record.contracts if record.state(one.code) in CONTRACT_STATUS]
    awards = [one for one in record.awards if record.state(one.code) in AWARD_STATUS]
    return filled(
        ocid=ocid_of(tender),
        id=bytes(entry.leaf_hash).hex(),
        date=moment(entry.at),
        tag=[TAGS[entry.kind]],
        initiationType="tender",
        language=LANGUAGE,
        parties=_parties(record, awards, signed),
        buyer=reference(tender.buyer),
        planning=_planning(tender, place),
        tender=_tender(record, place),
        awards=[_award(award, record) for award in awards],
        contracts=[_contract(contract, record, place) for contract in signed],
    )


def _planning(tender: Tender, place: Place) -> Json:
    project = tender.project
    return {
        "rationale": f"Renewal of networks in the project {project.code}.",
        "budget": {
            "id": project.code,
            "project": project.title_en,
            "projectID": project_id(project.code),
            "amount": money(project.cost_kzt),
            "uri": place.page("projects", project.code),
        },
    }


def _parties(record: Record, awards: list[Award], signed: list[Contract]) -> list[Json]:
    roles: dict[Organisation, set[str]] = defaultdict(set)
    roles[record.tender.buyer] |= {"buyer", "procuringEntity"}
    if record.state(record.tender.code) in OPENED:
        for bid in record.bids:
            if record.state(bid.code) == "opened":
                roles[bid.supplier].add("tenderer")
    for award in awards:
        roles[award.bid.supplier].add("supplier")
    paid = {one.contract_code for one in record.payments if record.state(one.code) == "released"}
    for contract in signed:
        roles[contract.supplier].add("supplier")
        if contract.code in paid:
            roles[contract.supplier].add("payee")
            roles[contract.buyer].add("payer")
    return [party(one, roles[one]) for one in sorted(roles, key=lambda one: one.bin)]


def _item(lot: Lot) -> Json:
    other = [{"scheme": AGSK3_SCHEME, "id": lot.agsk3}] if lot.agsk3 else []
    return filled(
        id=lot.code,
        description=lot.title_en,
        classification={"scheme": ENS_TRU_SCHEME, "id": lot.ens_tru},
        additionalClassifications=other,
        quantity=float(lot.quantity),
        unit=unit_of(lot.unit),
    )


def _tender(record: Record, place: Place) -> Json:
    tender, state = record.tender, record.state(record.tender.code)
    lots = list(tender.lots.all())
    answered = [one for one in record.questions if record.state(one.code) == "answered"]
    opened = [one for one in record.bids if record.state(one.code) == "opened"]
    opened = opened if state in OPENED else []
    bidders = {one.supplier.bin: reference(one.supplier) for one in opened}
    return filled(
        id=tender.code,
        title=tender.title_en,
        description=tender.description_en,
        status=TENDER_STATUS.get(state, "active"),
        procuringEntity=reference(tender.buyer),
        items=[_item(lot) for lot in lots],
        value=money(sum((lot.estimate_kzt for lot in lots), start=Decimal(0))),
        procurementMethod="open",
        procurementMethodDetails="Two stages: prequalification, then sealed price",
        mainProcurementCategory=lots[0].category if lots else None,
        awardCriteria="ratedCriteria",
        awardCriteriaDetails="Lowest price after the conditional discounts of the law",
        submissionMethod=["electronicSubmission"],
        tenderPeriod=period(tender.announced_at, tender.closes_at),
        hasEnquiries=bool(answered),
        numberOfTenderers=len(bidders) if state in OPENED else None,
        tenderers=[bidders[key] for key in sorted(bidders)],
        documents=[
            document(
                f"{tender.code}-notice", "tenderNotice", tender.title_en,
                place.page("tenders", tender.code), tender.announced_at,
            )
        ],
    )  # fmt: skip


def _award(award: Award, record: Record) -> Json:
    return filled(
        id=award.code,
        title=award.lot.title_en,
        description=award.annulled_reason if record.state(award.code) == "annulled" else "",
        status=AWARD_STATUS[record.state(award.code)],
        date=moment(award.awarded_at),
        value=money(award.sum_kzt),
        suppliers=[reference(award.bid.supplier)],
        items=[_item(award.lot), *(_offered(one, award.lot) for one in award.bid.products.all())],
    )


def _offered(row: OfferedProduct, lot: Lot) -> Json:
    """Return a product the winner offers as an item of the award."""
    product = row.product
    code = {"scheme": PRODUCT_SCHEME, "id": product.code} if product else None
    known = product.name_en if product else row.name
    share = f", in-country share {row.in_country_share:%}" if row.in_country_share else ""
    origin = f", made in {row.origin}{share}" if row.origin else ""
    return filled(
        id=f"{lot.code}-{row.number}",
        description=f"{known}{origin}",
        classification={"scheme": ENS_TRU_SCHEME, "id": product.ens_tru} if product else None,
        additionalClassifications=[code] if code else [],
        quantity=float(row.quantity),
        unit=unit_of(row.unit) if row.unit else None,
    )


def _contract(contract: Contract, record: Record, place: Place) -> Json:
    changes = [
        one
        for one in record.amendments
        if one.contract_id == contract.pk and record.state(one.code) == "in_force"
    ]
    total = contract.original_sum_kzt + sum((one.change_kzt for one in changes), start=Decimal(0))
    ends = [one.new_ends_on for one in changes if one.new_ends_on]
    return filled(
        id=contract.code,
        awardID=contract.award.code,
        title=contract.lot.title_en,
        status=CONTRACT_STATUS[record.state(contract.code)],
        period=period(contract.starts_on, ends[-1] if ends else contract.ends_on),
        value=money(total),
        items=[_item(contract.lot)],
        dateSigned=moment(contract.signed_at),
        documents=[
            document(
                f"{contract.code}-page", "contractSigned", contract.lot.title_en,
                place.page("contracts", contract.code), contract.signed_at,
            )
        ],
        amendments=[
            filled(
                id=one.code,
                date=moment(one.in_force_at),
                rationale=one.reason,
                description=f"{one.ground}: {one.change_kzt} KZT",
            )
            for one in changes
        ],
        implementation=_implementation(contract, record, place),
    )  # fmt: skip


def _implementation(contract: Contract, record: Record, place: Place) -> Json:
    accepted = [
        act
        for act in record.acts
        if act.site.contract_id == contract.pk and record.state(act.code) == "accepted"
    ]
    paid = [
        one
        for one in record.payments
        if one.contract_code == contract.code and record.state(one.code) == "released"
    ]
    return filled(
        transactions=[
            {
                "id": one.code,
                "date": moment(one.made_at),
                "value": money(one.amount_kzt),
                "payer": reference(contract.buyer),
                "payee": reference(contract.supplier),
                "uri": f"{place.page('contracts', contract.code)}#{one.code}",
            }
            for one in paid
        ],
        milestones=[
            filled(
                id=act.code,
                title="Works accepted",
                type="delivery",
                description=f"{act.length_m:.1f} m accepted by the act {act.code}",
                dateMet=moment(act.accepted_at),
                status="met",
            )
            for act in accepted
        ],
        documents=[
            document(
                f"{act.code}-page", "completionCertificate", f"Act of acceptance {act.number}",
                f"{place.page('contracts', contract.code)}#{act.code}", act.accepted_at,
            )
            for act in accepted
        ],
    )  # fmt: skip
