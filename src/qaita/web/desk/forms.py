"""What all forms of the desk share: the look, days and hours, and how a wrong value comes back.

A room finds a value wrong, or refuses, after the form was read. The form is then drawn again with
everything that was typed and the sentences beside their fields: the middleware puts what was
wrong on the sent data (`told_again`) and asks the page once more; a form that finds it there is not
valid.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from qaita.kernel.clock import KAZAKHSTAN
from qaita.web.formats import language

NOTHING_CHOSEN = "---------"  # what Django shows for an open choice
DAY = "%Y-%m-%d"  # the one form in which browsers take the value of a date field
HOUR = "%Y-%m-%dT%H:%M"
FIGURE = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


class FigureInput(forms.TextInput):
    """A figure as people write it: spaces between thousands, a comma or a point for the fraction.

    Not a number field of the browser: that one throws away what it cannot read, so nothing of it
    could be shown again, and reads by the browser's language, not by the page's.
    """

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the figure in plain digits, or whatever was typed when it is none."""
        value = super().value_from_datadict(data, files, name)
        return plain_figure(value) if isinstance(value, str) else value


def plain_figure(text: str) -> str:
    """Return a figure in plain digits, or the text itself when it is none.

    In English a comma stands between thousands, unless no three digits follow it.
    """
    tight = "".join(text.split()).replace("\N{MINUS SIGN}", "-")
    if language() == "en" and THOUSANDS.fullmatch(tight):
        tight = tight.replace(",", "")
    plain = tight.replace(",", ".")
    return plain if FIGURE.fullmatch(plain) else text


def fitted(field: Any) -> Any:
    """Give a field the class its kind has in the theme, and what keyboards and browsers need."""
    if isinstance(field, forms.IntegerField | forms.DecimalField):  # also those with a fraction
        field.widget = _figure(field)
    widget = field.widget
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
        kind = "form-check-input"
    elif isinstance(widget, forms.Select):
        kind = "form-select"
    else:
        kind = "form-control"
    if isinstance(field, forms.ModelChoiceField) and field.empty_label == NOTHING_CHOSEN:
        field.empty_label = str(_("Choose"))
    if isinstance(widget, forms.TextInput | forms.EmailInput) and not widget.is_hidden:
        widget.attrs.setdefault("autocomplete", "off")  # it is seldom about the one who types
    given = str(widget.attrs.get("class", "")).split()
    widget.attrs["class"] = " ".join(dict.fromkeys([*given, kind]))
    return field


def _figure(field: Any) -> Any:
    """Return the widget of a number; a slider stays one."""
    widget = field.widget
    if widget.input_type not in ("number", "text") or isinstance(widget, FigureInput):
        return widget
    attrs = {key: value for key, value in widget.attrs.items() if key not in ("min", "max", "step")}
    if field.min_value is None or field.min_value >= 0:  # small keyboards have no minus
        whole = not isinstance(field, forms.FloatField | forms.DecimalField)
        attrs.setdefault("inputmode", "numeric" if whole else "decimal")
    made = FigureInput(attrs)
    made.is_required = widget.is_required
    return made


def styled(form: Any) -> Any:
    """Fit every field of a form that is not one of ours; return the form."""
    for field in form.fields.values():
        fitted(field)
    return form


class DeskForm(forms.Form):
    """A form that is drawn again with its values when a room finds one wrong.

    `told_as` says which field of the page stands for a field of the room's words.
    """

    told_as: Mapping[str, str] = {}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if isinstance(self.data, QueryDict) and self.is_bound:
            setattr(self.data, "was_asked", True)  # noqa: B010 - a mark on Django's own class

    def __getitem__(self, name: str) -> forms.BoundField:
        """Return a field of the page, fitted."""
        if name in self.fields:
            fitted(self.fields[name])
        return super().__getitem__(name)

    def full_clean(self) -> None:
        """Check the values, and add what a room has said about them."""
        super().full_clean()
        if not self.is_bound:
            return
        for name, texts in getattr(self.data, "told_again", {}).items():
            field = self.told_as.get(name, name)
            known = field if field in self.fields else None
            for text in texts:
                if text not in self.errors.get(known or "__all__", []):
                    self.add_error(known, text)


def tell_again(data: QueryDict, faults: Mapping[str, Iterable[object]]) -> bool:
    """Put a room's words on the sent data; tell whether a form of the page will show them."""
    if not faults or not getattr(data, "was_asked", False) or hasattr(data, "told_again"):
        return False
    told = {name: [str(text) for text in texts] for name, texts in faults.items()}
    setattr(data, "told_again", told)  # noqa: B010 - a mark on Django's own class
    return True


def day_field(label: Any, *, required: bool = True, **more: Any) -> forms.DateField:
    """Return a field for a day of the calendar."""
    widget = forms.DateInput(format=DAY, attrs={"type": "date"})
    return forms.DateField(
        label=label, widget=widget, input_formats=[DAY, "%d.%m.%Y"], required=required, **more
    )


class LocalTime(forms.DateTimeField):
    """A day and an hour as a clock on the wall in Kazakhstan shows them."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=HOUR)

    def to_python(self, value: Any) -> datetime | None:
        """Read the field's text without guessing a zone."""
        if not value or isinstance(value, datetime):
            return value or None
        try:
            text = str(value).strip().replace(" ", "T", 1)
            return datetime.strptime(text[:16], HOUR).replace(tzinfo=KAZAKHSTAN)
        except ValueError:
            raise forms.ValidationError(
                _("Write day and hour, for example 2026-11-25T14:00.")
            ) from None

    def prepare_value(self, value: Any) -> Any:
        """Show an instant as Kazakhstan's clock does."""
        return value.astimezone(KAZAKHSTAN) if isinstance(value, datetime) else value


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what was sent with the form, or nothing when the page is only looked at."""
    return request.POST if request.method == "POST" else None
