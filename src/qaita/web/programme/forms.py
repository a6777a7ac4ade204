"""The shapes of what an applicant and a signatory send. Nothing here takes kilometres."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qaita.programme.services import VERBS
from qaita.web.desk.forms import DeskForm

MOST_BYTES = 262_144
UNCLEAR = _("The form is not complete. Look again, then decide.")


class PackagesForm(DeskForm):
    """Which packages of the plan in force are applied for."""

    package = forms.MultipleChoiceField(
        label=_("Packages"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one package.")},
    )

    def __init__(self, codes: Iterable[str], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        package = self.fields["package"]
        assert isinstance(package, forms.MultipleChoiceField)  # noqa: S101 - for the types
        package.choices = [(code, code) for code in codes]


class DecisionForm(DeskForm):
    """A signatory's word."""

    action = forms.ChoiceField(
        choices=[(verb, verb) for verb in VERBS],
        widget=forms.HiddenInput,
        error_messages={"required": UNCLEAR, "invalid_choice": UNCLEAR},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
    remarks = forms.CharField(
        label=_("Remarks"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    cms = forms.FileField(
        label=_("Detached signature made outside (CMS, .p7s), if you sign with your own key"),
        required=False,
    )

    def clean_cms(self) -> bytes | None:
        """Return the bytes of the signature, if one was sent."""
        sent = self.cleaned_data["cms"]
        return sent.read(MOST_BYTES + 1) if sent else None


class EstimateForm(DeskForm):
    """A new version of the estimate."""

    cost_kzt = forms.DecimalField(
        label=_("New cost without VAT, ₸"), max_digits=19, decimal_places=2
    )
    reason = forms.CharField(label=_("Reason"), max_length=250)


class ExtensionForm(DeskForm):
    """More time for a step."""

    reason = forms.CharField(label=_("Reason that everybody sees"), max_length=250)
