"""The shapes of what buyers, bidders, committees and the control body send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Membership, Person
from qaita.kernel.clock import KAZAKHSTAN
from qaita.law.tendering import tendering
from qaita.procurement.models import Lot, Tender
from qaita.procurement.services import LotPlan, TenderPlan
from qaita.programme.models import Project
from qaita.web.desk.forms import DeskForm, LocalTime, day_field
from qaita.web.procurement.words import CATEGORIES, DEBARMENTS, GROUNDS, UNITS

LOTS_IN_FORM = 3
LOT_FIELDS = ("title_kk", "title_ru", "category", "ens_tru", "quantity", "unit", "estimate_kzt")
CHOSEN = ("category", "unit")  # these begin with a choice, so they tell nothing of a wish
UNASKED = ("agsk3", "delivery_kato", "delivery_days")  # of a lot, not in the form
CLOSING_HOUR = time(10)


def _text(
    label: Any, *, rows: int = 4, required: bool = True, most: int = 4_000
) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=area, required=required, max_length=most)


@dataclass(frozen=True)
class Part:
    """Fields of a form that belong together; a part with a title may be folded away."""

    title: str
    fields: Sequence[BoundField]
    is_open: bool = True


class TenderForm(DeskForm):
    """A tender with up to three lots; more are added by another tender."""

    told_as = {"lots": "lot1_title_kk"}

    title_kk = forms.CharField(label=_("Title in Kazakh"), max_length=250)
    title_ru = forms.CharField(label=_("Title in Russian"), max_length=250)
    title_en = forms.CharField(label=_("Title in English"), max_length=250, required=False)
    description_kk = _text(_("Description in Kazakh"), required=False)
    description_ru = _text(_("Description in Russian"), required=False)
    closes_at = LocalTime(label=_("Bids are taken until"))
    committee = forms.ModelMultipleChoiceField(
        label=_("Committee (only members who gave a key)"),
        queryset=Person.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )
    threshold = forms.IntegerField(
        label=_("How many members open a price together"), min_value=1, max_value=9
    )
    experience_years = forms.IntegerField(
        label=_("Years of like work asked for"), min_value=0, max_value=60, initial=0
    )

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, buyer: str, lots: Sequence[Lot] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {lot.number: lot for lot in lots}
        members = Membership.objects.filter(
            role="committee_member", organisation__code=buyer, person__member_key__isnull=False
        )
        committee: Any = self.fields["committee"]
        committee.label_from_instance = person_name
        committee.queryset = Person.objects.filter(pk__in=members.values("person")).order_by("code")
        for number in self._numbers():
            self._add_lot(number)

    def _numbers(self) -> range:
        """Return the numbers of the lots that have a place in the form."""
        return range(1, max([LOTS_IN_FORM, *self.known]) + 1)

    def _add_lot(self, number: int) -> None:
        first = number == 1
        named = {"number": number}
        self.fields[f"lot{number}_title_kk"] = forms.CharField(
            label=_("Lot %(number)d: title in Kazakh") % named, required=first, max_length=250
        )
        self.fields[f"lot{number}_title_ru"] = forms.CharField(
            label=_("Lot %(number)d: title in Russian") % named, required=first, max_length=250
        )
        self.fields[f"lot{number}_category"] = forms.ChoiceField(
            label=_("Lot %(number)d: what is bought") % named,
            choices=list(CATEGORIES.items()),
            initial="works",
            required=first,
        )
        self.fields[f"lot{number}_ens_tru"] = forms.RegexField(
            r"^\d{6}\.\d{3}\.\d{6}$",
            label=_("Lot %(number)d: ENS TRU code") % named,
            required=first,
            help_text=_("For example 422122.335.000000."),
            error_messages={"invalid": _("Write the code as 422122.335.000000.")},
        )
        self.fields[f"lot{number}_quantity"] = forms.DecimalField(
            label=_("Lot %(number)d: quantity") % named,
            required=first,
            max_digits=16,
            decimal_places=3,
            min_value=Decimal("0.001"),
        )
        self.fields[f"lot{number}_unit"] = forms.ChoiceField(
            label=_("Lot %(number)d: unit") % named, choices=list(UNITS.items()), required=first
        )
        self.fields[f"lot{number}_estimate_kzt"] = forms.DecimalField(
            label=_("Lot %(number)d: estimate, tenge without VAT") % named, required=first,
            min_value=Decimal("0.01"), max_digits=20, decimal_places=2,
        )  # fmt: skip

    @property
    def parts(self) -> list[Part]:
        """The tender itself, then each lot; a further lot is folded until somebody needs it."""
        own = [field for field in self if not field.name.startswith("lot")]
        lots = [Part("", own)]
        for number in self._numbers():
            fields = [self[f"lot{number}_{name}"] for name in LOT_FIELDS]
            is_open = number == 1 or any(field.errors for field in fields) or self._wanted(number)
            lots.append(Part(_("Lot %(number)d") % {"number": number}, fields, is_open=is_open))
        return lots

    def _wanted(self, number: int) -> bool:
        """Tell whether anything was said of the lot."""
        said = [self[f"lot{number}_{name}"].value() for name in LOT_FIELDS if name not in CHOSEN]
        return any(value not in (None, "") for value in said)

    def clean(self) -> dict[str, Any]:
        """A lot is described whole or not at all; half of one is never left out in silence."""
        given = super().clean() or {}
        for number in self._numbers():
            names = [f"lot{number}_{name}" for name in LOT_FIELDS]
            if not self._wanted(number):
                continue
            for name in names:
                if given.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, _("Fill this in too, or empty the whole lot."))
        return given

    def plan(self) -> TenderPlan:
        """Return what the form says as a plan."""
        given = self.cleaned_data
        return TenderPlan(
            title_kk=given["title_kk"],
            title_ru=given["title_ru"],
            title_en=given["title_en"] or given["title_ru"],
            description_kk=given["description_kk"],
            description_ru=given["description_ru"],
            lots=tuple(self._lots()),
            committee=tuple(given["committee"]),
            threshold=given["threshold"],
            closes_at=given["closes_at"],
            experience_years=given["experience_years"],
        )

    def _lots(self) -> list[LotPlan]:
        lots = []
        for number in self._numbers():
            given = {name: self.cleaned_data[f"lot{number}_{name}"] for name in LOT_FIELDS}
            if given["title_kk"] and given["quantity"] and given["estimate_kzt"]:
                english = self.cleaned_data["title_en"] if number == 1 else ""
                kept = (
                    {name: getattr(self.known[number], name) for name in UNASKED}
                    if (number in self.known)
                    else {}
                )
                lots.append(LotPlan(title_en=english or given["title_ru"], **given, **kept))
        return lots


def person_name(person: Person) -> str:
    """Return how colleagues know a member."""
    return f"{person.get_full_name() or person.username} · {person.code}"


def first_plan(project: Project, form_on: date) -> dict[str, Any]:
    """Return what a tender for the whole of a project begins with, by the law of the day."""
    law = tendering(on=form_on)
    closes_on = form_on + timedelta(days=law.bid_days_min + 1)
    titles = {f"title_{code}": getattr(project, f"title_{code}") for code in ("kk", "ru", "en")}
    members = Membership.objects.filter(
        role="committee_member",
        organisation=project.utility_id,
        person__member_key__isnull=False,
    )
    return {
        **titles,
        "closes_at": datetime.combine(closes_on, CLOSING_HOUR, KAZAKHSTAN),
        "committee": list(members.values_list("person__code", flat=True)),
        "threshold": law.committee_threshold,
        "lot1_title_kk": project.title_kk,
        "lot1_title_ru": project.title_ru,
        "lot1_quantity": Decimal(str(project.length_planned_m)).quantize(
            Decimal("0.001"), ROUND_DOWN
        ),
        "lot1_unit": "m",
        "lot1_estimate_kzt": project.cost_kzt,
    }


def plan_so_far(tender: Tender, lots: Sequence[Lot]) -> dict[str, Any]:
    """Return what a draft holds, as its form shows it."""
    names = ("title_kk", "title_ru", "title_en", "description_kk", "description_ru", "closes_at")
    return {
        **{name: getattr(tender, name) for name in (*names, "threshold", "experience_years")},
        "committee": list(tender.members.values_list("person__code", flat=True)),
        **{f"lot{lot.number}_{name}": getattr(lot, name) for lot in lots for name in LOT_FIELDS},
    }


class WordsForm(DeskForm):
    """One text: a question, an answer, a reason, a complaint, a decision."""

    told_as = dict.fromkeys(("question", "answer", "statement", "reason", "decision"), "text")

    text = _text(_("Text"))


class BidForm(DeskForm):
    """The open part of a bid and its envelope; the price itself never comes here."""

    years_main = forms.IntegerField(
        label=_("Years of such works as main contractor"), min_value=0, max_value=60, initial=0
    )
    years_sub = forms.IntegerField(
        label=_("Years of such works as subcontractor"), min_value=0, max_value=60, initial=0
    )
    statement = _text(
        _("Qualification: licences, people, machines, finished works"), rows=5, required=False
    )
    security_kzt = forms.DecimalField(
        label=_("Security of the bid, tenge"), max_digits=20, decimal_places=2, min_value=0
    )
    security_no = forms.CharField(
        label=_("Guarantee or payment that secures the bid: number and day"), max_length=120
    )
    envelope_text = forms.CharField(widget=forms.HiddenInput, required=False)
    envelope_file = forms.FileField(
        label=_("Envelope sealed by the command line (instead of the price above)"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Ask for an envelope, from the browser or from a file."""
        given = super().clean() or {}
        if not given.get("envelope_text") and not given.get("envelope_file"):
            raise forms.ValidationError(_("There is no sealed price yet."), code="no_envelope")
        return given

    def envelope(self) -> bytes:
        """Return the envelope as it was sealed."""
        file = self.cleaned_data["envelope_file"]
        if file:
            return bytes(file.read(70_000)).strip()
        return str(self.cleaned_data["envelope_text"]).encode()

    def qualification(self) -> dict[str, Any]:
        """Return the open part."""
        names = ("years_main", "years_sub", "statement", "security_kzt", "security_no")
        return {name: self.cleaned_data[name] for name in names}


class AwardForm(DeskForm):
    """An award; only a dumping price needs words."""

    explanation = _text(
        _("Why the price can be trusted, when it lies far below the estimate"),
        required=False,
        most=1_000,
    )


class JudgeForm(DeskForm):
    """Admission of one bidder."""

    verdict = forms.ChoiceField(choices=[("admit", _("Admit")), ("reject", _("Do not admit"))])
    reason = forms.CharField(max_length=500, required=False)


class ContractForm(DeskForm):
    """The start of a contract; sum, quantity and term come from the award and the lot."""

    starts_on = day_field(_("Works begin on"))


class SignForm(DeskForm):
    """A signature made outside; without one a demonstration key signs."""

    cms = forms.FileField(label=_("Detached CMS signature (DER file)"), required=False)


class AmendmentForm(DeskForm):
    """A change of a contract."""

    ground = forms.ChoiceField(label=_("Ground in law"), choices=list(GROUNDS.items()))
    reason = _text(_("Reason"), most=1_000)
    change_kzt = forms.DecimalField(
        label=_("Change of the sum, tenge"),
        initial=0,
        max_digits=20,
        decimal_places=2,
        help_text=_("With a minus when the contract becomes cheaper."),
        widget=forms.TextInput(attrs={"inputmode": "text"}),  # small keyboards have no minus
    )
    new_ends_on = day_field(_("New last day"), required=False)


class DecisionForm(DeskForm):
    """The decision on a complaint."""

    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("dismiss", _("Dismiss: the award stands")),
            ("uphold", _("Uphold: the award falls")),
        ],
    )
    text = _text(_("Grounds of the decision"))


class DebarForm(DeskForm):
    """An entry of the bad-faith register."""

    ground = forms.ChoiceField(label=_("Ground"), choices=list(DEBARMENTS.items()))
    text = _text(_("Reason"), most=1_000)
