"""Gives form fields the classes of our theme."""

from typing import Any

from django import forms


def styled(form: Any) -> Any:
    """Give every field the class its kind has in the theme; return the form."""
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
            kind = "form-check-input"
        elif isinstance(widget, forms.Select):
            kind = "form-select"
        else:
            kind = "form-control"
        widget.attrs["class"] = kind
    return form
