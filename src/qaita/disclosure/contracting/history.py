"""What is known of a tender at each of its public events, told by the ledger in order."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from qaita.funding.models import Payment
from qaita.ledger.models import Entry
from qaita.ledger.queries import facts_of
from qaita.procurement.models import Amendment, Award, Bid, Complaint, Contract, Question, Tender
from qaita.works.models import Act

# Which event of the ledger makes which release. Drafts and sealed bids make none.
TAGS = {
    "tender.announce": "tender",
    "question.answer": "tenderUpdate",
    "tender.close": "tenderUpdate",
    "tender.admit": "tenderUpdate",
    "tender.open": "tenderUpdate",
    "tender.fail": "tenderCancellation",
    "tender.cancel": "tenderCancellation",
    "tender.award": "award",
    "award.annul": "awardCancellation",
    "award.decline": "awardCancellation",
    "tender.reopen": "awardUpdate",
    "contract.sign_as_buyer": "contract",
    "contract.start": "contractUpdate",
    "amendment.agree": "contractAmendment",
    "act.accept": "implementation",
    "payment.release": "implementationUpdate",
    "contract.complete": "contractTermination",
    "contract.terminate": "contractTermination",
}
FIRST_STATES = {
    "tender.draft": "draft",
    "question.ask": "asked",
    "bid.submit": "received",
    "award.make": "standing",
    "complaint.file": "filed",
    "contract.draft": "draft",
    "amendment.propose": "proposed",
    "act.draft": "drafted",
}


@dataclass
class Record:
    """One tender with everything that came of it, and the states at the event being told."""

    tender: Tender
    awards: list[Award] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    bids: list[Bid] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    told_at: dict[str, datetime] = field(default_factory=dict)

    def codes(self) -> Iterator[str]:
        """Return the codes whose entries tell this record's story."""
        yield self.tender.code
        things: tuple[Any, ...] = (
            *self.awards, *self.contracts, *self.bids, *self.acts, *self.payments,
            *self.amendments, *self.questions, *self.complaints,
        )  # fmt: skip
        for thing in things:
            yield thing.code

    def state(self, code: str) -> str:
        """Return the state of a thing at this moment; empty when it is not there yet."""
        return self.states.get(code, "")

    def hear(self, entry: Entry) -> None:
        """Learn one entry."""
        to = facts_of(entry).get("to") or FIRST_STATES.get(entry.kind)
        if to:
            self.states[entry.code] = str(to)
        self.told_at[entry.code] = entry.at


def tenders_of_the_public() -> list[Tender]:
    """Return every tender that was ever announced, oldest first."""
    return list(
        Tender.objects.exclude(announced_at=None)
        .select_related("buyer__region", "project__region", "project__utility__region")
        .prefetch_related("lots")
        .order_by("announced_at", "code")
    )


def records(tenders: list[Tender]) -> list[Record]:
    """Return the tenders with what came of them, asked in a handful of queries."""
    by_id = {tender.pk: Record(tender) for tender in tenders}
    chosen = Q(tender_id__in=by_id)
    for bid in Bid.objects.filter(chosen).select_related("supplier__region"):
        by_id[bid.tender_id].bids.append(bid)
    for question in Question.objects.filter(chosen):
        by_id[question.tender_id].questions.append(question)
    for complaint in Complaint.objects.filter(chosen):
        by_id[complaint.tender_id].complaints.append(complaint)
    awards = Award.objects.filter(lot__tender_id__in=by_id)
    awards = awards.select_related("bid__supplier__region", "lot")
    for award in awards.prefetch_related("bid__products__product").order_by("code"):
        by_id[award.lot.tender_id].awards.append(award)
    _add_contracts(by_id)
    return list(by_id.values())


def _add_contracts(by_id: dict[int, Record]) -> None:
    rows = Contract.objects.filter(tender_id__in=by_id)
    of_contract: dict[str, Record] = {}
    for contract in rows.select_related("supplier__region", "buyer__region", "lot", "award"):
        record = by_id[contract.tender_id]
        record.contracts.append(contract)
        of_contract[contract.code] = record
    for amendment in Amendment.objects.filter(contract__in=rows).select_related("contract"):
        of_contract[amendment.contract.code].amendments.append(amendment)
    acts = Act.objects.filter(site__contract__in=rows).select_related("site__contract")
    for act in acts:
        of_contract[act.site.contract.code].acts.append(act)
    paid = Payment.objects.filter(contract_code__in=of_contract).select_related("instrument")
    for payment in paid.order_by("made_at", "code"):
        of_contract[payment.contract_code].payments.append(payment)


def events(found: list[Record]) -> Iterator[tuple[Entry, Record]]:
    """Tell the public events of the records in the order of the ledger; states follow along."""
    owner = {code: record for record in found for code in record.codes()}
    entries: dict[int, Entry] = {}
    codes = list(owner)
    for start in range(0, len(codes), 500):
        rows = Entry.objects.filter(code__in=codes[start : start + 500])
        entries.update({entry.pk: entry for entry in rows})
    begun: dict[str, bool] = defaultdict(bool)
    for _key, entry in sorted(entries.items()):
        record = owner[entry.code]
        record.hear(entry)
        begun[record.tender.code] |= entry.kind == "tender.announce"
        if entry.kind in TAGS and begun[record.tender.code]:
            yield entry, record
