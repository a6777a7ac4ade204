"""The shapes of an appeal, of its answer, and of what the person does with the key."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation, OrganisationKind
from qaita.appeals.models import Category, Extent, Outcome
from qaita.appeals.queries import subject_of, subjects
from qaita.territory.models import Settlement
from qaita.territory.queries import settlements_matching
from qaita.web.desk.forms import DeskForm
from qaita.web.formats import language
from qaita.web.labels import service_of

LON, LAT = (46.0, 88.0), (40.0, 56.0)  # the box in which the country lies
RATINGS = [("5", _("5 – very good")), ("4", _("4 – good")), ("3", _("3 – so-so")),
           ("2", _("2 – bad")), ("1", _("1 – very bad"))]  # fmt: skip


def subject_choices() -> list[tuple[Any, Any]]:
    """Return what an appeal may be about, grouped by service."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for subject in subjects():
        label = str(Category(subject.category).label)
        groups.setdefault(str(service_of(subject.service)), []).append((subject.code, label))
    return [("", _("Choose")), *groups.items()]


def area(rows: int, **attrs: Any) -> forms.Textarea:
    """Return a field for several lines."""
    return forms.Textarea(attrs={"rows": rows, **attrs})


def line(**attrs: Any) -> forms.TextInput:
    """Return a field for one line."""
    return forms.TextInput(attrs=attrs)


def choice(**attrs: Any) -> forms.Select:
    """Return a field for one of many."""
    return forms.Select(attrs=attrs)


class Place(DeskForm):
    """Where: a settlement with a street, or a point of the map, or both."""

    told_as = {"place": "town", "category": "subject"}

    town = forms.CharField(
        label=_("Town or village"),
        max_length=80,
        required=False,
    )
    address = forms.CharField(
        label=_("Street and house"),
        max_length=250,
        required=False,
    )
    lon_deg = forms.FloatField(
        label=_("Longitude"),
        min_value=LON[0],
        max_value=LON[1],
        required=False,
        widget=line(inputmode="decimal", placeholder="76.9453"),
    )
    lat_deg = forms.FloatField(
        label=_("Latitude"), min_value=LAT[0], max_value=LAT[1], required=False,
        widget=line(inputmode="decimal", placeholder="52.2873"),
    )  # fmt: skip
    settlement: Settlement | None = None

    def clean_town(self) -> str:
        """Recognise the place in any of the three languages."""
        text = str(self.cleaned_data["town"]).strip()
        if text:
            found = settlements_matching(text, 1)
            if not found:
                raise forms.ValidationError(
                    _("We do not know such a place. Check the name, or give coordinates.")
                )
            self.settlement = found[0]
        return text

    def clean(self) -> dict[str, Any]:
        """Ask for a place in one of the two ways, and for both numbers of a point."""
        values = super().clean() or {}
        pair = (values.get("lon_deg"), values.get("lat_deg"))
        if (pair[0] is None) != (pair[1] is None):
            missing = "lat_deg" if pair[1] is None else "lon_deg"
            if missing not in self.errors:
                self.add_error(missing, _("A point needs both numbers."))
        if self.settlement is None and None in pair and not self.errors:
            self.add_error("town", _("Say where: the name of the place, or coordinates."))
        return values


class AppealForm(Place):
    """One calm form: what, where, in your words, and how to reach you."""

    subject = forms.ChoiceField(label=_("What is it about?"), choices=subject_choices)
    extent = forms.ChoiceField(
        label=_("How far does it reach?"),
        choices=Extent.choices,
        initial="unknown",
        required=False,
        widget=choice(),
    )
    statement = forms.CharField(
        label=_("What happened?"),
        max_length=4_000,
        widget=area(5),
        help_text=_("Only those who answer will read your words."),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        required=False,
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=24,
        required=False,
        widget=line(inputmode="tel", placeholder="+7 701 000 00 00"),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=120,
        required=False,
    )
    is_safe = forms.BooleanField(label=_("I have called 104 and I am outside"), required=False)
    field_order = (
        "subject", "extent", "town", "address", "lon_deg", "lat_deg", "statement", "name",
        "phone", "email", "is_safe",
    )  # fmt: skip

    about_oneself = {
        "town": "address-level2", "address": "street-address",
        "name": "name", "phone": "tel", "email": "email",
    }  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, word in self.about_oneself.items():
            self.fields[name].widget.attrs["autocomplete"] = word

    @property
    def smells_of_gas(self) -> bool:
        """Tell whether safety comes before the form."""
        chosen = subject_of(str(self.data.get("subject", "")))
        return chosen is not None and chosen.category == Category.GAS_SMELL

    def facts(self, channel: str) -> dict[str, Any]:
        """Return what the service wants to know."""
        values = self.cleaned_data
        subject = subject_of(values["subject"])
        return {
            "service": subject.service if subject else "",
            "category": subject.category if subject else "",
            "extent": values.get("extent") or "unknown",
            "statement": values["statement"],
            "channel": channel,
            "settlement": self.settlement,
            "lon_deg": values.get("lon_deg"),
            "lat_deg": values.get("lat_deg"),
            "address": values.get("address", ""),
            "name": values.get("name", ""),
            "phone": values.get("phone", ""),
            "email": values.get("email", ""),
            "language": language(),
            "is_safe": bool(values.get("is_safe")),
        }


class CallForm(AppealForm):
    """The same form in the hands of an operator: it speaks of the caller."""

    about_oneself = {}  # the browser knows the operator, not the caller

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["statement"].help_text = _("In the caller's words; the public never sees them.")
        self.fields["name"].label = _("Name of the caller")
        self.fields["is_safe"].label = _("The caller has called 104 and is outside")


class KeyForm(DeskForm):
    """The key the person was given."""

    key = forms.CharField(
        label=_("Your key"), max_length=40,
        widget=line(autocomplete="off", placeholder="XXXX-XXXX-XXXX-XXXX"),
    )  # fmt: skip


class ReopenForm(DeskForm):
    """Why it is not mended."""

    reason = forms.CharField(label=_("What is still wrong?"), max_length=2_000, widget=area(3))


class RateForm(DeskForm):
    """The mark."""

    rating = forms.TypedChoiceField(
        label=_("How were you answered?"), choices=RATINGS, coerce=int, widget=choice()
    )


class WordForm(DeskForm):
    """What everybody may read."""

    statement = forms.CharField(
        label=_("Public wording"), max_length=500, widget=area(2),
        help_text=_("Everybody reads this: no names, numbers of flats, telephones."),
    )  # fmt: skip


class ForwardForm(DeskForm):
    """To whom it belongs."""

    organisation = forms.ModelChoiceField(
        label=_("Forward to"),
        queryset=Organisation.objects.filter(
            kind__in=(OrganisationKind.UTILITY, OrganisationKind.AKIMAT)
        ),
        to_field_name="code",
        widget=choice(),
    )

    def __init__(self, *args: Any, kato: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the types
        if kato and field.queryset is not None:
            field.queryset = field.queryset.filter(region__kato=kato)
        field.label_from_instance = organisation_name  # type: ignore[assignment]  # Django's way


def organisation_name(organisation: Any) -> str:
    """Return the name in the reader's language."""
    return str(getattr(organisation, f"name_{language()}") or organisation.name_en)


class ReasonForm(DeskForm):
    """A reason the person will read."""

    reason = forms.CharField(label=_("Reason for the person"), max_length=2_000, widget=area(2))


class AnswerForm(DeskForm):
    """The answer; a template may have filled it."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices, widget=choice())
    text = forms.CharField(label=_("Answer"), max_length=4_000, widget=area(6))
