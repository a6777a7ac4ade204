"""The shapes of what an engineer sends about networks."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qaita.kernel.ids import read_code
from qaita.networks.errors import OUTSIDE
from qaita.networks.importing.columns import SECTIONS
from qaita.networks.importing.options import ReadOptions
from qaita.networks.models import (
    EquipmentUnit,
    FailureCause,
    FailureSource,
    Section,
    UtilityService,
)
from qaita.networks.queries import equipment_at
from qaita.web.desk.forms import DeskForm, LocalTime, day_field
from qaita.web.formats import length_text
from qaita.web.labels import EQUIPMENT, service_name

ENCODINGS = [("utf-8", "UTF-8"), ("cp1251", "Windows-1251")]
ENDINGS = ".inp,.gpkg,.zip,.geojson,.json,.fgb,.dxf,.xlsx,.csv"


class ReadForm(DeskForm):
    """How a file is to be read."""

    crs = forms.CharField(
        label=_("Coordinate system, if the file names none (such as EPSG:32643)"),
        required=False,
        max_length=40,
    )
    lon_deg = forms.FloatField(
        label=_("Where a drawing is put: longitude"), required=False, min_value=-180, max_value=180
    )
    lat_deg = forms.FloatField(
        label=_("Where a drawing is put: latitude"), required=False, min_value=-90, max_value=90
    )
    encoding = forms.ChoiceField(label=_("Encoding of text"), choices=ENCODINGS)
    litres = forms.FloatField(
        label=_("Litres per consumer and day, to count consumers in an INP file"),
        min_value=1,
        max_value=10_000,
        initial=200,
    )

    def options(self, **more: Any) -> ReadOptions:
        """Return what was said as options of reading."""
        values = self.cleaned_data
        place = (values["lon_deg"], values["lat_deg"])
        return ReadOptions(
            crs=values["crs"],
            at=None if None in place else place,
            encoding=values["encoding"],
            litres_per_consumer_day=values["litres"],
            **more,
        )


class UploadForm(ReadForm):
    """A file and whose network it is."""

    utility_service = forms.ModelChoiceField(
        label=_("Whose network"), queryset=UtilityService.objects.none(), to_field_name="code"
    )
    file = forms.FileField(
        label=_("File of the network"), widget=forms.ClearableFileInput(attrs={"accept": ENDINGS})
    )
    field_order = ("utility_service", "file")

    def __init__(self, own: QuerySet[UtilityService], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        owner: Any = self.fields["utility_service"]
        owner.queryset = own
        owner.label_from_instance = service_name


class MappingForm(ReadForm):
    """Which column of the file is which of ours; shown in the reader's language."""

    def __init__(self, headings: list[str], language: str, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", _("not in the file")), *((name, name) for name in headings)]
        for column in SECTIONS.columns if headings else ():
            self.fields[f"map_{column.name}"] = forms.ChoiceField(
                label={"kk": column.kk, "ru": column.ru}.get(language, column.en),
                choices=choices,
                required=False,
            )

    def mapping(self) -> dict[str, str]:
        """Return our columns with the file's; empty takes a proposal away."""
        return {
            name.removeprefix("map_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("map_")
        }


class LoadForm(DeskForm):
    """The name of the network in three languages."""

    name_kk = forms.CharField(label=_("Name in Kazakh"), max_length=200)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)


class FailureForm(DeskForm):
    """A failure of a section."""

    told_as = {"at": "happened_at"}

    happened_at = LocalTime(label=_("When it happened"))
    cause = forms.ChoiceField(label=_("Cause"), choices=FailureCause.choices)
    source = forms.ChoiceField(
        label=_("Who told"), choices=FailureSource.choices, initial=FailureSource.CREW
    )
    consumers_off = forms.IntegerField(label=_("Consumers cut off"), min_value=0, initial=0)
    repaired_at = LocalTime(label=_("When it was repaired"), required=False)


class InspectionForm(DeskForm):
    """What an inspection found."""

    told_as = {"condition": "condition_percent"}

    on = day_field(_("Day"))
    condition_percent = forms.FloatField(
        label=_("Wear found, %: 0 is new, 100 is worn out"), min_value=0, max_value=100
    )
    method = forms.CharField(label=_("Method"), max_length=40, required=False)
    remarks = forms.CharField(
        label=_("Remarks"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class EquipmentForm(DeskForm):
    """A unit of equipment at one end of a section, alone or as a part of another."""

    end = forms.ChoiceField(label=_("At which node"))
    kind = forms.ChoiceField(label=_("Kind of equipment"), choices=list(EQUIPMENT.items()))
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    parent = forms.ModelChoiceField(
        label=_("Part of"),
        queryset=EquipmentUnit.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("a unit of its own"),
    )
    installed_on = day_field(_("Installed on"), required=False)
    norm_life_years = forms.FloatField(
        label=_("Norm life, years"), required=False, min_value=0.1, max_value=200
    )

    def __init__(self, section: Section, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.nodes = {node.code: node for node in (section.from_node, section.to_node)}
        end, parent = self.fields["end"], self.fields["parent"]
        assert isinstance(end, forms.ChoiceField)  # noqa: S101 - for the types
        end.choices = [(code, node.name or code) for code, node in self.nodes.items()]
        assert isinstance(parent, forms.ModelChoiceField)  # noqa: S101 - for the types
        parent.queryset = equipment_at(section)

    def columns(self) -> dict[str, Any]:
        """Return the columns of the unit."""
        given = dict(self.cleaned_data)
        return {"node": self.nodes[given.pop("end")], **given}


class RetireForm(DeskForm):
    """Taking a section out of use, meant seriously."""

    is_sure = forms.BooleanField(
        label=_("This section carries nothing any more; its history stays in the register.")
    )


class SplitForm(DeskForm):
    """Where a section is cut."""

    at_m = forms.FloatField(label=_("Distance of the cut from the beginning, m"), min_value=0.01)

    def __init__(self, length_m: float, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.length_m = length_m
        self.fields["at_m"].help_text = _("The section is %(length)s long.") % {
            "length": length_text(length_m)
        }

    def clean_at_m(self) -> float:
        """Keep the cut inside the section."""
        at_m = float(self.cleaned_data["at_m"])
        if at_m >= self.length_m:
            raise forms.ValidationError(str(OUTSIDE.text))
        return at_m


class MergeForm(DeskForm):
    """Sections to be joined."""

    codes = forms.CharField(
        label=_("Numbers of the sections, separated by spaces"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, sections: QuerySet[Section], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.sections = sections

    def clean_codes(self) -> list[Section]:
        """Find every section among those of the person, in the order given."""
        words = self.cleaned_data["codes"].replace(",", " ").split()
        codes = [read_code(word) or word for word in words]
        known = {row.code: row for row in self.sections.filter(code__in=codes)}
        unknown = [code for code in codes if code not in known]
        if unknown:
            raise forms.ValidationError(
                _("Unknown codes: %(codes)s.") % {"codes": ", ".join(unknown)[:200]}
            )
        return [known[code] for code in dict.fromkeys(codes)]
