"""From the draft of a tender to its closing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation, Person
from qaita.kernel.actor import CLOCK, SYSTEM, Actor, Scope
from qaita.kernel.clock import day_of
from qaita.kernel.errors import NotYours, Refused, Stale, Text, Wrong
from qaita.kernel.text import LANGUAGES
from qaita.ledger.queries import seen_of
from qaita.ledger.services import move, record, settle
from qaita.procurement.errors import DECISION_NEEDED
from qaita.procurement.models import CommitteeMember, Lot, MemberKey, Question, Tender
from qaita.procurement.models.tenders import tender_code
from qaita.procurement.queries import (
    LIVE_TENDERS,
    lots_that_stand,
    open_question_exists,
    sealers_of,
)
from qaita.procurement.sealing import KEY_BYTES, b64, committee_digest
from qaita.procurement.states import BUYERS, QUESTION, TENDER, why_no_question
from qaita.programme.models import Project
from qaita.programme.services import begin_procurement, reopen_procurement

WORDS = [f"{word}_{code}" for word in ("title", "description") for code in LANGUAGES]


@dataclass(frozen=True)
class LotPlan:
    """One lot as the buyer plans it."""

    title_kk: str
    title_ru: str
    title_en: str
    category: str
    ens_tru: str
    quantity: Decimal
    unit: str
    estimate_kzt: Decimal
    agsk3: str = ""
    delivery_kato: str = ""
    delivery_days: int = 180
    code: str = ""


@dataclass(frozen=True)
class TenderPlan:
    """A tender as the buyer plans it: what, by whose keys, by when."""

    title_kk: str
    title_ru: str
    title_en: str
    lots: tuple[LotPlan, ...]
    committee: tuple[Person, ...]
    threshold: int
    closes_at: datetime
    description_kk: str = ""
    description_ru: str = ""
    description_en: str = ""
    experience_years: int = 0
    code: str = ""


def give_member_key(person: Person, public_key: bytes, *, by: Actor, at: datetime) -> MemberKey:
    """Keep the public key a committee member made; tenders announced later use it."""
    if by.code != person.code:
        raise NotYours("member_key")
    if len(public_key) != KEY_BYTES or not any(public_key):
        raise Wrong({"public_key": [_("A public key has 32 bytes.")]})
    with transaction.atomic():
        key, _made = MemberKey.objects.update_or_create(
            person=person, defaults={"public_key": public_key, "given_at": at}
        )
        record("member_key.give", person.code, by=by, at=at, facts={"key": b64(public_key)})
    return key


def draft_tender(project: Project, plan: TenderPlan, *, by: Actor, at: datetime) -> Tender:
    """Write down a tender with its lots and committee; nothing is announced yet."""
    buyer: Organisation = project.utility
    if not any(by.may(role, Scope(organisation=buyer.code)) for role in BUYERS):
        raise NotYours("tender")
    _require_plan(plan)
    with transaction.atomic():
        tender = Tender.objects.create(
            code=plan.code or tender_code(),
            project=project,
            buyer=buyer,
            law_on=day_of(at),
            drafted_at=at,
            closes_at=plan.closes_at,
            threshold=plan.threshold,
            experience_years=plan.experience_years,
            is_demonstration=project.is_demonstration,
            **{name: getattr(plan, name) for name in WORDS},
        )
        Lot.objects.bulk_create(_lots_of(tender, plan.lots))
        CommitteeMember.objects.bulk_create(_members_of(tender, plan.committee))
        record("tender.draft", tender.code, by=by, at=at, facts={"project": project.code})
    return tender


def revise_tender(
    tender: Tender, plan: TenderPlan, *, seen: int | None = None, by: Actor, at: datetime
) -> Tender:
    """Change a draft: words, lots, committee, times; `seen` is what the page knew of it."""
    _require_plan(plan)
    with transaction.atomic():
        Tender.objects.select_for_update(of=("self",)).get(pk=tender.pk)
        if seen is not None and seen != seen_of(tender.code):
            raise Stale(tender.code)
        move(tender, TENDER, "revise", by=by, at=at, facts={"closes_at": plan.closes_at})
        columns = {*WORDS, "closes_at", "threshold", "experience_years"}
        for name in columns:
            setattr(tender, name, getattr(plan, name))
        tender.save(update_fields=columns)
        _revise_lots(tender, plan.lots)
        tender.members.all().delete()
        CommitteeMember.objects.bulk_create(_members_of(tender, plan.committee))
        settle(tender)
    return tender


def _revise_lots(tender: Tender, plans: Sequence[LotPlan]) -> None:
    """Change lots by their numbers, so that each keeps its code; add and take away the rest."""
    known = {lot.number: lot for lot in tender.lots.all()}
    for lot in _lots_of(tender, plans):
        if old := known.pop(lot.number, None):
            lot.pk, lot.code = old.pk, old.code
        lot.save()
    Lot.objects.filter(pk__in=[lot.pk for lot in known.values()]).delete()


def announce_tender(tender: Tender, *, by: Actor, at: datetime) -> Tender:
    """Open the tender for bids, with the committee's keys written into the ledger."""
    with transaction.atomic():
        project = Project.objects.select_for_update(of=("self",)).get(pk=tender.project_id)
        members = sealers_of(tender)
        tender.committee_digest = committee_digest(members, tender.threshold)
        move(
            tender,
            TENDER,
            "announce",
            by=by,
            at=at,
            facts={
                "project": project.code,
                "closes_at": tender.closes_at,
                "threshold": tender.threshold,
                "committee": {member.person: b64(member.key) for member in members},
                "committee_digest": tender.committee_digest,
                "lots": {lot.code: lot.estimate_kzt for lot in tender.lots.all()},
            },
        )
        tender.announced_at = at
        tender.save(update_fields=["announced_at", "committee_digest"])
        settle(tender)
        if project.state == "confirmed":
            begin_procurement(project, by=by, at=at)
    return tender


def cancel_tender(tender: Tender, *, reason: str, by: Actor, at: datetime) -> Tender:
    """Call the tender off; sealed bids stay sealed for good."""
    if not reason.strip():
        raise Refused("tender.cancel", [DECISION_NEEDED])
    with transaction.atomic():
        move(tender, TENDER, "cancel", by=by, at=at, facts={"reason": reason})
        tender.cancelled_reason = reason.strip()
        tender.save(update_fields=["cancelled_reason"])
        settle(tender)
        _let_project_wait(tender, at=at)
    return tender


def close_due(*, at: datetime) -> list[Tender]:
    """Close every tender whose time has come and whose questions are answered."""
    due = Tender.objects.filter(state="open", closes_at__lte=at).select_related("buyer")
    return [_close(tender, at=at) for tender in due if not open_question_exists(tender)]


def end_without_result(tender: Tender, *, by: Actor, at: datetime) -> Tender:
    """End a tender in which no bid can win any more."""
    with transaction.atomic():
        move(tender, TENDER, "fail", by=by, at=at)
        _let_project_wait(tender, at=at)
    return tender


def ask_question(
    tender: Tender, *, text: str, asker: Organisation, by: Actor, at: datetime
) -> Question:
    """Ask the buyer in the open."""
    if not by.may("supplier", Scope(organisation=asker.code)):
        raise NotYours("question")
    if not text.strip():
        raise Wrong({"question": [_("Write the question.")]})
    with transaction.atomic():
        # the closing counts open questions under the same lock
        tender = Tender.objects.select_for_update(of=("self",)).get(pk=tender.pk)
        if reasons := why_no_question(tender, at=at):
            raise Refused("question.ask", reasons)
        question = Question.objects.create(
            tender=tender, asked_by=asker, question=text.strip(), asked_at=at
        )
        record(
            "question.ask", question.code, by=Actor("asker"), at=at, facts={"tender": tender.code}
        )
    return question


def answer_question(question: Question, *, text: str, by: Actor, at: datetime) -> Question:
    """Answer in the open."""
    if not text.strip():
        raise Wrong({"answer": [_("Write the answer.")]})
    with transaction.atomic():
        move(question, QUESTION, "answer", by=by, at=at, facts={"tender": question.tender.code})
        question.answer, question.answered_at = text.strip(), at
        question.save(update_fields=["answer", "answered_at"])
        settle(question)
    return question


def withdraw_question(question: Question, *, by: Actor, at: datetime) -> Question:
    """Take a question back, so that it does not hold the tender up."""
    return move(question, QUESTION, "withdraw", by=by, at=at)


def _close(tender: Tender, *, at: datetime) -> Tender:
    with transaction.atomic():
        tender = Tender.objects.select_for_update(of=("self",)).get(pk=tender.pk)
        if tender.state != "open":
            return tender
        bids = tender.bids.exclude(state="withdrawn")
        hashes = sorted(bids.values_list("envelope_sha256", flat=True))
        move(tender, TENDER, "close", by=CLOCK, at=at, facts={"bids": hashes})
        tender.closed_at = at
        tender.save(update_fields=["closed_at"])
        settle(tender)
        if not lots_that_stand(tender):
            facts = {"reason": "too few bids", "bids": len(hashes)}
            move(tender, TENDER, "fail", by=CLOCK, at=at, facts=facts)
            _let_project_wait(tender, at=at)
    return tender


def _let_project_wait(tender: Tender, *, at: datetime) -> None:
    """Tell the programme that nothing is being bought for the project any more."""
    project = Project.objects.get(pk=tender.project_id)
    live = Tender.objects.filter(project=project, state__in=LIVE_TENDERS).exclude(pk=tender.pk)
    if project.state == "choosing_contractor" and not live.exists():
        reopen_procurement(project, by=SYSTEM, at=at)


def _require_plan(plan: TenderPlan) -> None:
    faults: dict[str, list[Text]] = {}
    without_key = [
        person.code for person in plan.committee if not MemberKey.objects.filter(person=person)
    ]
    if without_key:
        faults["committee"] = [
            _("These members have not given a key yet: %(people)s.")
            % {"people": ", ".join(without_key)}
        ]
    if not 1 <= plan.threshold <= max(len(plan.committee), 1):
        faults["threshold"] = [_("No more members can be asked to open than there are.")]
    if not (plan.title_kk and plan.title_ru):
        faults["title_kk"] = [_("A tender is named in Kazakh and in Russian.")]
    if not plan.lots:
        faults["lots"] = [_("A tender has at least one lot.")]
    if any(lot.quantity <= 0 or lot.estimate_kzt <= 0 for lot in plan.lots):
        faults["lots"] = [_("Quantity and estimate of every lot lie above zero.")]
    if faults:
        raise Wrong(faults)


def _lots_of(tender: Tender, plans: Sequence[LotPlan]) -> list[Lot]:
    lots = []
    for number, plan in enumerate(plans, 1):
        columns = {name: value for name, value in asdict(plan).items() if value != ""}
        lots.append(Lot(tender=tender, number=number, **columns))
    return lots


def _members_of(tender: Tender, people: Sequence[Person]) -> list[CommitteeMember]:
    keys = {key.person_id: key for key in MemberKey.objects.filter(person__in=people)}
    return [
        CommitteeMember(
            tender=tender, person=person, place=place, public_key=keys[person.pk].public_key
        )
        for place, person in enumerate(people, 1)
    ]
