"""The shapes of what a site sends. No form asks for a length: it is read from geometry."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation, OrganisationKind
from qaita.networks.models import Material, Section
from qaita.web.desk.forms import DeskForm, day_field
from qaita.web.formats import instant_words, length_text
from qaita.web.templatetags.qaita import named
from qaita.web.works.bills import MOST_BYTES, BillFaults, read_bill
from qaita.works.models import CheckKind, Evidence, LineKind, Site, Stage, WorkLine
from qaita.works.services import BillLine

STAGES = [
    (Stage.BEFORE.value, _("Before the works")),
    (Stage.DURING.value, _("During the works")),
    (Stage.AFTER.value, _("After the works")),
]
CHECKS = [
    (CheckKind.PRESSURE_TEST.value, _("Pressure test")),
    (CheckKind.HIDDEN_WORKS.value, _("Act of hidden works")),
    (CheckKind.DISINFECTION.value, _("Flushing and disinfection")),
    (CheckKind.TIGHTNESS.value, _("Tightness test")),
    (CheckKind.INSULATION.value, _("Insulation test")),
]
VERDICTS = [
    ("meet", _("Met")),
    ("meet_partly", _("Partly met")),
    ("miss", _("Not met")),
]


class Pictures(forms.ClearableFileInput):
    """A field of several pictures, straight from the camera on a telephone."""

    allow_multiple_selected = True


class PictureList(forms.FileField):
    """Several files in one field."""

    widget = Pictures(attrs={"accept": "image/jpeg,image/png", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Check each file."""
        files = data if isinstance(data, list | tuple) else [data]
        return [super(PictureList, self).clean(one, initial) for one in files]


class OpenSite(DeskForm):
    """Opening the site of a contract."""

    supervision = forms.ModelChoiceField(
        label=_("Technical supervision"),
        queryset=Organisation.objects.filter(kind=OrganisationKind.SUPERVISION),
    )
    design_material = forms.ChoiceField(
        label=_("Material by the contract"),
        choices=[("", _("any")), *Material.choices],
        required=False,
    )
    bill = forms.FileField(
        label=_("Bill of quantities (CSV)"),
        required=False,
        help_text=_("Without a file one line pays the length, at the price of the contract."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        supervision: Any = self.fields["supervision"]
        supervision.label_from_instance = named

    def clean_bill(self) -> list[BillLine]:
        """Read the table; every fault is told with its row."""
        file = self.cleaned_data["bill"]
        try:
            return read_bill(file.read(MOST_BYTES + 1)) if file else []
        except BillFaults as faults:
            raise forms.ValidationError(faults.texts) from None


class DayReportForm(DeskForm):
    """One day of the site."""

    on = day_field(_("Day"))
    done = forms.CharField(label=_("What was done"), widget=forms.Textarea(attrs={"rows": 4}))
    hindrance = forms.CharField(
        label=_("What stood in the way"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    workers = forms.IntegerField(label=_("Workers"), min_value=0, initial=0)
    machines = forms.IntegerField(label=_("Machines"), min_value=0, initial=0)


class MilestonesForm(DeskForm):
    """A point of the works promised for a day."""

    title_kk = forms.CharField(label=_("Title in Kazakh"), max_length=200)
    title_ru = forms.CharField(label=_("Title in Russian"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    due_on = day_field(_("Promised for"))

    def point(self) -> tuple[tuple[str, str, str], date]:
        """Return the point as the room takes it."""
        given = self.cleaned_data
        titles = (given["title_kk"], given["title_ru"], given["title_en"] or given["title_ru"])
        return titles, given["due_on"]


class EvidenceForm(DeskForm):
    """Pictures of one stage."""

    told_as = {"picture": "pictures"}

    stage = forms.ChoiceField(label=_("Stage"), choices=STAGES)
    pictures = PictureList(label=_("Pictures (JPEG or PNG, up to 15 MB each)"))
    caption = forms.CharField(label=_("What is shown"), max_length=250, required=False)
    lon_deg = forms.FloatField(
        label=_("Longitude, when the picture has no place"),
        min_value=-180,
        max_value=180,
        required=False,
    )
    lat_deg = forms.FloatField(
        label=_("Latitude, when the picture has no place"),
        min_value=-90,
        max_value=90,
        required=False,
    )


class SectionChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not at run time
    """Sections by their code and length."""

    def label_from_instance(self, obj: Section) -> str:
        """Return the words of one section."""
        return f"{obj.code} · {length_text(obj.length_m)}"


class AsBuiltForm(DeskForm):
    """A line as laid: a survey file or coordinates, and what was laid."""

    sections = SectionChoice(
        label=_("Sections it replaces"),
        queryset=Section.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )
    file = forms.FileField(label=_("Survey file: GeoJSON, GPX or CSV"), required=False)
    drawn = forms.CharField(
        label=_("Or coordinates: longitude, latitude on each row"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control q-code"}),
    )
    material = forms.ChoiceField(label=_("Material"), choices=Material.choices)
    diameter_mm = forms.FloatField(
        label=_("Diameter, mm"), min_value=10, max_value=4000, required=False
    )
    voltage_kv = forms.FloatField(
        label=_("Voltage, kV"), min_value=0.1, max_value=1200, required=False
    )
    laid_on = day_field(_("Day of laying"))

    def __init__(self, site: Site, uncovered: Any, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        sections = self.fields["sections"]
        assert isinstance(sections, forms.ModelMultipleChoiceField)  # noqa: S101 - for the types
        sections.queryset = uncovered
        del self.fields["diameter_mm" if site.service == "power" else "voltage_kv"]

    def clean(self) -> dict[str, Any]:
        """Ask for the line in exactly one way."""
        values = super().clean() or {}
        if bool(values.get("file")) == bool((values.get("drawn") or "").strip()):
            self.add_error("file", _("Give the line once: as a file or as coordinates."))
        return values


class CheckForm(DeskForm):
    """A check of a laid line."""

    kind = forms.ChoiceField(label=_("Kind of check"), choices=CHECKS)
    held_on = day_field(_("Day"))
    working_kpa = forms.FloatField(label=_("Working pressure, kPa"), min_value=0, required=False)
    pressure_kpa = forms.FloatField(label=_("Test pressure, kPa"), min_value=0, required=False)
    held_minutes = forms.FloatField(label=_("Held for, minutes"), min_value=0, required=False)
    drop_kpa = forms.FloatField(label=_("Pressure drop, kPa"), min_value=0, required=False)
    is_satisfactory = forms.BooleanField(
        label=_("Everything was found satisfactory"), required=False, initial=True
    )
    remarks = forms.CharField(
        label=_("Remarks"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class MeasureForm(DeskForm):
    """A measured quantity; lines that pay length are not offered."""

    line = forms.ModelChoiceField(label=_("Line of the bill"), queryset=WorkLine.objects.none())
    quantity = forms.DecimalField(label=_("Quantity"), min_value=0, max_digits=14, decimal_places=3)
    on = day_field(_("Day"))

    def __init__(self, site: Site, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        line = self.fields["line"]
        assert isinstance(line, forms.ModelChoiceField)  # noqa: S101 - for the types
        line.queryset = site.lines.exclude(kind=LineKind.LENGTH)


class PermitForm(DeskForm):
    """A permit to open the ground."""

    number = forms.CharField(label=_("Number of the permit"), max_length=64)
    issued_on = day_field(_("Issued on"))
    until_on = day_field(_("Valid until"))


class MaterialForm(DeskForm):
    """Which batch lies where in the line."""

    batch = forms.CharField(label=_("Batch"), max_length=64)
    certificate = forms.CharField(label=_("Certificate"), max_length=120)
    product_code = forms.CharField(
        label=_("Product code of the catalogue"), max_length=16, required=False
    )


def _picture_words(picture: Any) -> str:
    """Name a picture by what it shows and when it was taken, not by its code alone."""
    taken = instant_words(picture.taken_at) if picture.taken_at else ""
    said = (str(picture.get_stage_display()), taken, picture.caption, picture.code)
    return " · ".join(words for words in said if words)


class MilestoneForm(DeskForm):
    """The judgement on a milestone."""

    verdict = forms.ChoiceField(label=_("Milestone"), choices=VERDICTS)
    evidence = forms.ModelMultipleChoiceField(
        label=_("Pictures that show it"),
        queryset=Evidence.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    remarks = forms.CharField(
        label=_("Remarks"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, site: Site, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        evidence: Any = self.fields["evidence"]
        evidence.queryset = site.evidence.all()
        evidence.label_from_instance = _picture_words


class RefusalForm(DeskForm):
    """Why an act is sent back."""

    remarks = forms.CharField(
        label=_("What must be mended"), widget=forms.Textarea(attrs={"rows": 3})
    )


class SignForm(DeskForm):
    """A signature made elsewhere, or one made here with the demonstration key."""

    role = forms.CharField(widget=forms.HiddenInput)
    cms = forms.FileField(
        label=_("Detached signature (CMS, DER) made with your own key"), required=False
    )
