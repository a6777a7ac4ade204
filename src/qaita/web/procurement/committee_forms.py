"""What a member of the committee sends: the public half of a key, and shares opened elsewhere."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qaita.web.desk.forms import DeskForm

BAD_KEY = _("A public key has 32 bytes.")
BAD_FILE = _("This is not a file of shares. Make it with the command line again.")
MAX_FILE_BYTES = 2_000_000


class MemberKeyForm(DeskForm):
    """The public half of a key, as the browser or the command line writes it."""

    public_key = forms.CharField(
        label=_("Public key"),
        max_length=64,
        error_messages={"required": BAD_KEY},
    )

    def clean_public_key(self) -> bytes:
        """Read the letters; the room checks how many bytes they are."""
        try:
            return base64.b64decode(str(self.cleaned_data["public_key"]), validate=True)
        except (binascii.Error, ValueError):
            raise forms.ValidationError(BAD_KEY) from None


class SharesForm(DeskForm):
    """Shares from the browser's field, or from the command line's file."""

    shares_text = forms.CharField(required=False, widget=forms.HiddenInput)
    shares_file = forms.FileField(
        label=_("File of shares"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/json,.json"}),
    )
    given: Mapping[str, Mapping[str, str]]

    def clean(self) -> dict[str, Any]:
        """Read the shares: for each bid, the parts of its key."""
        values = super().clean() or {}
        file = values.get("shares_file")
        text = file.read(MAX_FILE_BYTES) if file else values.get("shares_text", "")
        try:
            given = json.loads(text)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict) or not given or not all(map(_are_pads, given.values())):
            self.add_error("shares_file", BAD_FILE)
        else:
            self.given = given
        return values


def _are_pads(pads: Any) -> bool:
    return isinstance(pads, dict) and all(isinstance(text, str) for text in pads.values())
