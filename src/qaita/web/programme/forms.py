"""The shapes of what an applicant and a signatory send. Nothing here takes kilometres."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 262_144


class DecisionForm(forms.Form):
    """A signatory's word."""

    action = forms.CharField(widget=forms.HiddenInput)
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


class EstimateForm(forms.Form):
    """A new version of the estimate."""

    cost_kzt = forms.DecimalField(
        label=_("New cost without VAT, ₸"), max_digits=19, decimal_places=2
    )
    reason = forms.CharField(label=_("Reason"), max_length=250)


class ExtensionForm(forms.Form):
    """More time for a step."""

    reason = forms.CharField(label=_("Reason that everybody sees"), max_length=250)
