"""From the tender to the contract."""

from django.utils.translation import gettext_lazy as _

from qaita.disclosure.tracing.beginning import Subject
from qaita.disclosure.tracing.parts import DONE, NOW, Figure, Page, Step, names_of
from qaita.kernel.clock import day_of
from qaita.procurement.models import Award, Contract, Lot, Tender


def tender_of(subject: Subject) -> Tender | None:
    """Return the tender that bought the works: that of the contract, else the newest."""
    if subject.site is not None:
        return subject.site.contract.tender
    if subject.project is None:
        return None
    rows = Tender.objects.filter(project=subject.project).exclude(state="draft")
    return rows.exclude(state="cancelled").order_by("-announced_at").first()


def contract_of(subject: Subject) -> Contract | None:
    """Return the contract that renews the section."""
    if subject.site is not None:
        return subject.site.contract
    if subject.project is None:
        return None
    rows = Contract.objects.filter(project=subject.project).exclude(state="draft")
    return rows.select_related("supplier").order_by("-signed_at").first()


def tender_step(subject: Subject) -> Step:
    """The tender: what was asked and how many bid, sealed until the opening."""
    tender, title = tender_of(subject), _("Tender and bids")
    if tender is None or tender.announced_at is None:
        return Step("tender", title, sentence=_("No tender has been announced yet."))
    bids = tender.bids.exclude(state="withdrawn")
    estimate = sum(lot.estimate_kzt for lot in Lot.objects.filter(tender=tender))
    figures = [
        Figure(_("State"), tender.state, "tender_state"),
        Figure(_("Estimate"), estimate, "kzt"),
        Figure(_("Bids"), bids.count(), "number"),
    ]
    if tender.closes_at:
        figures.append(Figure(_("Bids were taken until"), day_of(tender.closes_at), "day"))
    if tender.opened_at:
        figures.append(Figure(_("Opened by the committee"), day_of(tender.opened_at), "day"))
        prices = [bid.price_kzt for bid in bids if bid.price_kzt is not None]
        if prices:
            figures.append(Figure(_("Lowest price"), min(prices), "kzt"))
            figures.append(Figure(_("Highest price"), max(prices), "kzt"))
    return Step(
        "tender",
        title,
        DONE if tender.opened_at else NOW,
        day_of(tender.announced_at),
        named=names_of(tender, "title"),
        figures=tuple(figures),
        page=Page("tender", tender.code),
        codes=(tender.code,),
    )


def award_step(subject: Subject) -> Step:
    """Who won and whether preferences decided."""
    tender, title = tender_of(subject), _("Award")
    rows = Award.objects.filter(lot__tender=tender) if tender else Award.objects.none()
    contract = contract_of(subject)
    award = (
        contract.award
        if contract is not None
        else rows.exclude(state="annulled").select_related("bid__supplier").first()
    )
    if award is None:
        return Step("award", title, sentence=_("No award has been made yet."))
    figures = [
        Figure(_("Winner"), names_of(award.bid.supplier), "names"),
        Figure(_("Sum"), award.sum_kzt, "kzt"),
    ]
    other = award.without_preferences
    if other is not None and other.pk != award.bid_id:
        figures.append(
            Figure(_("Without preferences would have won"), names_of(other.supplier), "names")
        )
    return Step(
        "award",
        title,
        DONE,
        day_of(award.awarded_at),
        figures=tuple(figures),
        page=Page("tender", award.lot.tender.code),
        codes=(award.code,),
    )


def contract_step(subject: Subject) -> Step:
    """The contract with its sum and days."""
    contract, title = contract_of(subject), _("Contract")
    if contract is None:
        return Step("contract", title, sentence=_("No contract has been signed yet."))
    amendments = contract.amendments.exclude(in_force_at=None).count()
    figures = [
        Figure(_("Supplier"), names_of(contract.supplier), "names"),
        Figure(_("Sum"), contract.sum_kzt, "kzt"),
        Figure(_("Must end by"), contract.ends_on, "day"),
    ]
    if amendments:
        figures.append(Figure(_("Amendments in force"), amendments, "number"))
    return Step(
        "contract",
        title,
        DONE if contract.signed_at else NOW,
        day_of(contract.signed_at or contract.drafted_at),
        figures=tuple(figures),
        page=Page("contract", contract.code),
        codes=(contract.code,),
    )
