"""The shapes of what a dispatcher sends. Times are Kazakhstan's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qaita.kernel.ids import read_code
from qaita.networks.models import FailureCause, Network, Node, Section
from qaita.turmys.models import MeterRole, Outage, OutageKind, OutageReason
from qaita.turmys.services import NewMeter
from qaita.web.desk.forms import DeskForm, LocalTime
from qaita.web.labels import network_name

MOST_METERS = 20_000
SERIAL_LENGTH, DIGITS = 40, 15


class OutageForm(DeskForm):
    """What is closed, why, and when supply goes and comes back."""

    place = forms.CharField(
        label=_("Section code, or codes of closed valves"),
        max_length=400,
        help_text=_("One section, for example SC-…, or several nodes ND-… with spaces between."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=OutageKind.choices, initial="emergency")
    reason = forms.ChoiceField(label=_("Reason"), choices=OutageReason.choices)
    starts_at = LocalTime(label=_("Supply goes off"))
    expected_at = LocalTime(label=_("Expected back"))
    place_kk = forms.CharField(label=_("Place in Kazakh"), max_length=300, required=False)
    place_ru = forms.CharField(label=_("Place in Russian"), max_length=300, required=False)
    place_en = forms.CharField(label=_("Place in English"), max_length=300, required=False)
    incident = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, networks: Any, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.networks = networks
        self.section: Section | None = None
        self.nodes: tuple[str, ...] = ()
        self.network: Network | None = None

    def clean_place(self) -> str:
        """Recognise the codes, all within the dispatcher's networks."""
        text = str(self.cleaned_data["place"])
        codes = [read_code(part) or part for part in text.replace(",", " ").split()]
        rows = Section.objects.filter(code__in=codes, network__in=self.networks)
        self.section = rows.select_related(
            "network__utility_service__organisation", "network__region"
        ).first()
        if self.section is not None and len(codes) == 1:
            return text
        nodes = Node.objects.filter(code__in=codes, network__in=self.networks)
        known = {node.code: node for node in nodes.select_related("network__region")}
        if self.section is not None or len({node.network_id for node in known.values()}) != 1:
            raise forms.ValidationError(
                _("Give one section, or nodes of one network of yours. Check the codes.")
            )
        unknown = [code for code in codes if code not in known]
        if unknown:
            raise forms.ValidationError(
                _("Unknown codes: %(codes)s.") % {"codes": ", ".join(unknown)[:200]}
            )
        self.nodes = tuple(codes)
        self.network = next(iter(known.values())).network
        return text


class TimesForm(DeskForm):
    """New times of an outage."""

    starts_at = LocalTime(label=_("Supply goes off"))
    expected_at = LocalTime(label=_("Expected back"))

    def __init__(self, *args: Any, outage: Outage, **more: Any) -> None:
        super().__init__(*args, **more)
        if outage.state == "running":  # what has begun keeps its start
            del self.fields["starts_at"]


class ConfirmForm(DeskForm):
    """What broke, and where."""

    section = forms.CharField(label=_("Section"), max_length=20)
    cause = forms.ChoiceField(label=_("Cause"), choices=FailureCause.choices, initial="unknown")

    def __init__(self, network: Network, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.network = network

    def clean_section(self) -> Section:
        """Find the section in the incident's network."""
        code = read_code(str(self.cleaned_data["section"])) or ""
        found = Section.objects.select_related("network__region").filter(
            code=code, network=self.network
        )
        section = found.first()
        if section is None:
            raise forms.ValidationError(_("This network has no such section. Check the code."))
        return section


class ReadingsForm(DeskForm):
    """A file of readings."""

    network = forms.ModelChoiceField(
        label=_("Network"), queryset=Network.objects.none(), to_field_name="code"
    )
    file = forms.FileField(
        label=_("CSV: meter, register, at, value"),
        help_text=_(
            "The meter by its code or serial number, the number of its register, an instant such as"
            " 2026-01-31T19:00:00Z, a whole number of litres, watt-hours or kilojoules."
        ),
    )
    source = forms.CharField(label=_("Source"), max_length=40, initial="csv")
    sequence_no = forms.IntegerField(
        label=_("Number of the file"),
        min_value=0,
        help_text=_("Numbers of a source only grow; the same number twice is taken once."),
    )

    def __init__(self, networks: Any, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        network: Any = self.fields["network"]
        network.queryset = networks
        network.label_from_instance = network_name


class MonthForm(DeskForm):
    """The month whose balances are computed."""

    network = forms.ModelChoiceField(
        label=_("Network"), queryset=Network.objects.none(), to_field_name="code"
    )
    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )

    def __init__(self, networks: Any, *args: Any, **more: Any) -> None:
        more.setdefault("auto_id", "month_%s")  # another form of the page asks for a network
        super().__init__(*args, **more)
        network: Any = self.fields["network"]
        network.queryset = networks
        network.label_from_instance = network_name


class DistrictForm(DeskForm):
    """A part of a network whose inflow and use are both measured."""

    network = forms.ModelChoiceField(
        label=_("Network"), queryset=Network.objects.none(), to_field_name="code"
    )
    name_kk = forms.CharField(label=_("Title in Kazakh"), max_length=200)
    name_ru = forms.CharField(label=_("Title in Russian"), max_length=200)
    name_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)

    def __init__(self, networks: Any, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        network: Any = self.fields["network"]
        network.queryset = networks
        network.label_from_instance = network_name

    def names(self) -> tuple[str, str, str]:
        """Return the names in the order the room takes them."""
        given = self.cleaned_data
        return given["name_kk"], given["name_ru"], given["name_en"] or given["name_ru"]


class MetersForm(DeskForm):
    """Meters of a district, one on a line: serial number; what it measures; where it turns."""

    told_as = {"serial": "lines"}

    lines = forms.CharField(
        label=_("Meters, one on a line"),
        required=False,
        max_length=MOST_METERS * 80,
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "A-1001; consumer\nS-7; supply"}),
        help_text=_(
            "Serial number; supply, consumer or export (consumer when left out); the number at "
            "which the dial turns to zero, if it does."
        ),
    )
    file = forms.FileField(label=_("or a file of such lines (CSV)"), required=False)

    def clean(self) -> dict[str, Any]:
        """Read the lines; every fault is told with its line."""
        given = super().clean() or {}
        text = given.get("lines", "")
        if file := given.get("file"):
            text = file.read(MOST_METERS * 80).decode("utf-8-sig", errors="replace")
        field = "file" if file else "lines"
        rows = [(n, row) for n, row in enumerate(text.splitlines(), 1) if row.strip()]
        self.found = [meter for _n, row in rows if (meter := _meter(row))]
        wrong = [str(number) for number, row in rows if _meter(row) is None]
        if wrong:
            words = _("These lines cannot be read: %(lines)s.")
            self.add_error(field, words % {"lines": ", ".join(wrong[:20])})
        elif not 0 < len(rows) <= MOST_METERS:
            words = _("Write from 1 to %(most)s meters.")
            self.add_error(field, words % {"most": MOST_METERS})
        return given

    def meters(self) -> list[NewMeter]:
        """Return the meters as the room takes them."""
        return self.found


def _meter(line: str) -> NewMeter | None:
    """Return the meter of a line, or None for what is none."""
    parts = [part.strip() for part in line.replace("\t", ";").replace(",", ";").split(";")]
    serial, role, turns = [*parts, "", ""][:3]
    known = (role or MeterRole.CONSUMER) in MeterRole.values and len(parts) <= len("srt")
    whole = not turns or (turns.isascii() and turns.isdigit() and len(turns) <= DIGITS)
    if not serial or len(serial) > SERIAL_LENGTH or "\0" in serial or not (known and whole):
        return None
    return NewMeter(serial, role or MeterRole.CONSUMER, rollover_value=int(turns or 0))
