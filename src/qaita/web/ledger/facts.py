"""Words for the facts of ledger entries: what each is called, and its value as people read it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import OrganisationKind
from qaita.appeals.models import Category, Channel, Outcome
from qaita.funding.models import InstrumentKind
from qaita.kernel.ids import read_code
from qaita.networks.models import FailureCause, LearntFrom, Material
from qaita.turmys.models import OutageKind, OutageReason
from qaita.web import formats, labels
from qaita.web.countries import country_name
from qaita.web.links import link
from qaita.web.portal.foretelling import NAMES as MODEL_NAMES
from qaita.web.procurement.words import PREFERENCES, unit_of
from qaita.works.models import Stage

Words = str | Promise

NAMES: dict[str, Words] = {
    "drifts": _("Rows changed behind the application"),
    "first": _("Which rows"),
    "price_kzt": _("Price"),
    "unit": _("Unit"),
    "capacity_per_year": _("Capacity a year"),
    "ens_tru": _("ENS TRU"),
    "in_country_share": _("In-country share"),
    "producer": _("Producer"),
    "valid_from": _("Valid from"),
    "valid_until": _("Valid until"),
    "from": _("State before"),
    "to": _("State after"),
    "organisation": _("Organisation"),
    "register_no": _("Entry in the register"),
    "kind": _("Kind"),
    "bin": _("BIN"),
    "demonstration": _("Demonstration data"),
    "products": _("Products"),
    "region": _("Region"),
    "service": _("Service"),
    "section": _("Section"),
    "sections": _("Sections"),
    "due_on": _("Due on"),
    "project": _("Project"),
    "category": _("About"),
    "channel": _("How it came"),
    "contact": _("Name and contacts"),
    "statement": _("Text"),
    "document_sha256": _("Checksum of the document"),
    "late": _("Late"),
    "outcome": _("Result"),
    "answer": _("Answer"),
    "role": _("Role"),
    "tender": _("Tender"),
    "certificate": _("Fingerprint of the certificate"),
    "fingerprint": _("Fingerprint of the certificate"),
    "cms_sha256": _("Checksum of the signature"),
    "signature": _("Signature"),
    "cost_kzt": _("Cost"),
    "length_planned_m": _("Planned length"),
    "document": _("Document"),
    "remarks": _("Remarks"),
    "person": _("Person"),
    "reason": _("Reason"),
    "site": _("Site"),
    "as_built": _("Line as laid"),
    "drop_kpa": _("Pressure drop, kPa"),
    "held_minutes": _("Minutes held"),
    "held_on": _("Held on"),
    "is_passed": _("Passed"),
    "pressure_kpa": _("Pressure, kPa"),
    "length_m": _("Length"),
    "children": _("Became"),
    "parents": _("Came from"),
    "lot": _("Lot"),
    "bids": _("List of bids"),
    "amount_kzt": _("Amount"),
    "sign_in": _("Sign-in name"),
    "supplier": _("Supplier"),
    "network": _("Network"),
    "held_for_demonstration": _("Key held for demonstration"),
    "envelope_sha256": _("Checksum of the sealed envelope"),
    "on": _("Day"),
    "sum_kzt": _("Sum"),
    "consumers_off": _("Consumers off"),
    "consumers": _("Consumers"),
    "failures": _("Failures"),
    "failures_per_year": _("Failures a year"),
    "learnt_from": _("Learnt from the records of"),
    "model": _("Model of failures"),
    "conditional_kzt": _("Conditional price"),
    "preferences": _("Preferences by law"),
    "expected_at": _("Expected back"),
    "incident": _("Incident"),
    "starts_at": _("From"),
    "lender": _("Lender"),
    "rate_percent": _("Rate, %"),
    "subsidy_points": _("Paid by the State, points"),
    "term_years": _("Term, years"),
    "place": _("Key share number"),
    "utility": _("Utility"),
    "file_sha256": _("Checksum of the file"),
    "contract": _("Contract"),
    "digest": _("Digest of the rows"),
    "inventory": _("Digest of the whole network"),
    "run_line": _("Plan"),
    "run": _("Plan"),
    "by_run": _("Plan"),
    "year": _("Year"),
    "machines": _("Machines"),
    "workers": _("Workers"),
    "deviation_m": _("Off the design"),
    "diameter_mm": _("Diameter, mm"),
    "laid_on": _("Laid on"),
    "material": _("Material"),
    "replaces": _("Replaces"),
    "changed": _("Sections changed"),
    "imputed_m": _("Length with estimated year or material"),
    "modelled_wear": _("Modelled wear"),
    "household_share": _("Share of households"),
    "households": _("Households"),
    "monthly_bill_kzt": _("Added to a household's month"),
    "starts_on": _("Starts on"),
    "ends_on": _("Ends on"),
    "version": _("Version"),
    "yearly_cost_kzt": _("Yearly cost"),
    "sha256": _("Checksum"),
    "flags": _("Doubts"),
    "marks": _("Mark of the picture"),
    "stage": _("Stage"),
    "taken_at": _("Taken at"),
    "packages": _("Packages"),
    "result_digest": _("Digest of the result"),
    "inputs_digest": _("Digest of the inputs"),
    "closes_at": _("Bids until"),
    "committee": _("Keys of the committee"),
    "committee_digest": _("Digest of the committee's keys"),
    "lots": _("Lots and estimates"),
    "threshold": _("Keys to open a price"),
    "prices": _("Prices"),
    "bid": _("Bid"),
    "without_preferences": _("Would win without preferences"),
    "award": _("Award"),
    "act": _("Act"),
    "instrument": _("Source of money"),
    "supply": _("Supplied"),
    "key": _("Public key"),
    "bill": _("Items of work"),
    "supervision": _("Technical supervision"),
    "block_rows": _("Rows in a block"),
    "counts": _("Rows loaded"),
    "digests": _("Digests of the blocks"),
    "utility_service": _("Service of the utility"),
    "rows": _("Rows"),
    "sections_in_need": _("Sections in need of renewal"),
    "budgets_kzt": _("Money by year"),
    "capacities_km": _("Can be built by year, km"),
    "floors_km": _("At least by year, km"),
    "carries_over": _("Unspent money passes to the next year"),
    "red_zone_share": _("At least for the red zone"),
    "bound_kzt": _("No plan can avoid more than"),
    "solver_bound_kzt": _("An exact solver searched further: no plan avoids more than"),
    "objective_kzt": _("Losses avoided"),
    "engine": _("Solver"),
    "scenario": _("Scenario"),
    "source": _("Source"),
    "billed": _("Billed"),
    "lake_version": _("Version of the readings"),
    "losses": _("Losses"),
    "month_on": _("Month"),
    "silent": _("Silent meters"),
    "delay_days": _("Days late"),
    "penalty_kzt": _("Penalty"),
    "signed": _("Signed by"),
    "dumping_explained": _("Why the low price is believed"),
    "cause": _("Cause"),
    "meters": _("Meters"),
    "quarantined": _("Rows put aside"),
    "reasons": _("Reasons"),
    "sequence": _("Number of the file"),
    "taken": _("Readings taken"),
    "figures": _("Figures"),
    "removed": _("Removed"),
    "seed": _("Seed"),
    "size": _("Size"),
    "appeals": _("Appeals"),
    "noticed_at": _("Noticed at"),
    "at": _("When"),
    "confidence": _("Confidence"),
    "repaired_at": _("Repaired"),
    "failure": _("Failure"),
    "condition": _("Wear seen"),
    "method": _("Method"),
    "rating": _("Mark given"),
    "change_kzt": _("Change of the sum"),
    "ground": _("Ground"),
    "planned_on": _("Planned on"),
    "quantity": _("Quantity"),
    "was": _("Value before"),
    "is": _("Value after"),
    "scopes": _("Rights"),
    "evidence": _("Picture of the works"),
    "issued_on": _("Issued on"),
    "new_ends_on": _("New last day"),
    "number": _("Number"),
    "points": _("Points of the line"),
    "until_on": _("Until"),
    "faults": _("Faults"),
    "nodes": _("Nodes"),
    "law_on": _("Law followed"),
    "years": _("Years of the plan"),
    "value_kzt": _("Losses avoided by the plan"),
    "engine_version": _("Version of the solver"),
    "package_count": _("Packages weighed"),
    "chosen_count": _("Packages chosen"),
    "why": _("Why it gave up"),
    "from_run": _("Plan that was changed"),
    "lost_kzt": _("Losses avoided less by"),
    "more_cost_kzt": _("Spent more by"),
    "fewer_failures": _("Failures avoided less by"),
    "regret_kzt": _("Price of the change at the limits' prices"),
}
# words of codes, by what the entry tells of and the name of its fact; "" stands for any thing
CHOICES: dict[tuple[str, str], Callable[[str], Any]] = {
    ("organisation", "kind"): lambda value: OrganisationKind(value).label,
    ("instrument", "kind"): lambda value: InstrumentKind(value).label,
    ("outage", "kind"): lambda value: OutageKind(value).label,
    ("outage", "reason"): lambda value: OutageReason(value).label,
    ("appeal", "category"): lambda value: Category(value).label,
    ("appeal", "channel"): lambda value: Channel(value).label,
    ("appeal", "outcome"): lambda value: Outcome(value).label,
    ("evidence", "stage"): lambda value: Stage(value).label,
    ("utility_service", "learnt_from"): lambda value: LearntFrom(value).label,
    ("utility_service", "model"): lambda value: MODEL_NAMES.get(value, value),
    ("bid", "kind"): lambda value: PREFERENCES.get(value, value),
    ("bid", "unit"): unit_of,
    ("bid", "origin"): country_name,
    ("", "cause"): lambda value: FailureCause(value).label,
    ("", "material"): lambda value: Material(value).label,
    ("", "service"): labels.service_of,
    ("", "role"): labels.role_of,
}
ACTORS: dict[str, Words] = {
    "public": _("a resident"),
    "bidder": _("a bidder, not named yet"),
    "asker": _("somebody who asked a question"),
    "system": _("the system itself"),
    "clock": _("the clock: a term had come"),
}
PARTS: dict[str, Words] = {  # of a fact that holds several, where they are called otherwise
    "product": _("Product"),
    "origin": _("Country of origin"),
    "share": _("In-country share"),
    "percent": _("Discount, %"),
    "evidence": _("On the evidence of"),
}
HASH_LENGTH = 32  # so many letters without a space are a hash or a key


@dataclass(frozen=True)
class Fact:
    """One fact of an entry: its name in the log, its words, its value."""

    name: str
    words: Words
    value: Any


def shown_facts(kind: str, facts: dict[str, Any]) -> list[Fact]:
    """Return the facts of an entry as people read them."""
    thing = kind.partition(".")[0]
    return [Fact(name, fact_name(name), _value(thing, name, facts[name])) for name in facts]


def fact_name(name: str) -> Words:
    """Return what a fact is called; a name without words shows itself."""
    return NAMES.get(name, name)


def actor_words(actor: str) -> SafeString | str:
    """Return who did it, in words."""
    if actor in ACTORS:
        return str(ACTORS[actor])
    return format_html('{} <span class="q-code">{}</span>', gettext("a signed-in person"), actor)


def _value(thing: str, name: str, value: Any) -> Any:
    if value in (None, "", [], {}):
        return "–"
    write = next((one for kind, one in BY_TYPE if isinstance(value, kind)), _single)
    return write(thing, name, value)


def _yes_or_no(_thing: str, _name: str, value: bool) -> str:  # noqa: FBT001 -- a fact's own value
    return gettext("yes") if value else gettext("no")


def _joined(thing: str, name: str, value: list[Any]) -> SafeString:
    return format_html_join(", ", "{}", ((_value(thing, name, one),) for one in value))


def _pairs(thing: str, name: str, value: dict[str, Any]) -> SafeString:
    rows = (_pair(thing, name, key, one) for key, one in value.items())
    return format_html_join("", "<div>{} – {}</div>", rows)


def _pair(thing: str, name: str, key: str, value: Any) -> tuple[Any, Any]:
    """Return a part's name and value in words; a key without words is a code or a word itself."""
    words = PARTS.get(key) or NAMES.get(key)
    if words is None:
        return _value("", "", key), _value(thing, name, value)
    return words, _value(thing, key, value)


BY_TYPE: tuple[tuple[type, Callable[[str, str, Any], Any]], ...] = (
    (bool, _yes_or_no),
    (list, _joined),
    (dict, _pairs),
)


def _single(thing: str, name: str, value: Any) -> Any:
    text = str(value)
    return _worded(thing, name, text) or _linked(text) or _measured(name, text)


def _worded(thing: str, name: str, value: str) -> str:
    """Return the words of a code of a closed list, or nothing."""
    if name in ("from", "to"):
        return str(labels.state_of(thing, value).title)
    words = CHOICES.get((thing, name)) or CHOICES.get(("", name))
    try:
        return str(words(value)) if words else ""
    except ValueError:  # a word the list no longer has
        return value


def _linked(value: str) -> SafeString | str:
    """Return a public code as a link to all the ledger tells of it, or nothing."""
    if "-" not in value or read_code(value) != value:
        return ""
    return format_html('<a class="q-code" href="{}?q={}">{}</a>', link("ledger"), value, value)


def _when(text: str) -> str:
    """Return a day or an instant in words."""
    is_day = len(text) == len("2026-01-01")
    if is_day:
        return formats.day_text(date.fromisoformat(text))
    return formats.instant_words(datetime.fromisoformat(text))


def _share(text: str) -> str:
    return formats.percent_text(float(text))


WRITERS: dict[str, Callable[[str], str]] = {
    "kzt": lambda text: formats.money_text(Decimal(text)),
    "m": lambda text: formats.length_text(float(text)),
    "at": _when,
    "on": _when,
    "share": _share,
    "wear": _share,
    "condition": _share,
    "confidence": _share,
}


def _measured(name: str, text: str) -> SafeString | str:
    """Return a number or a time with its unit; what is left is text or a hash."""
    write = WRITERS.get(name.rpartition("_")[2])
    if write is not None:
        try:
            return write(text)
        except (ValueError, ArithmeticError):  # a word where a number is usual
            return text
    is_hash = len(text) >= HASH_LENGTH and " " not in text
    return format_html('<span class="q-code">{}</span>', text) if is_hash else text
