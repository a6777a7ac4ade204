"""Forms of sign-in, people, keys and signatures: they check shape, services check meaning."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation
from qaita.accounts.roles import API_SCOPES, GIVEN_ROLES, ROLES
from qaita.territory.models import Region
from qaita.web.accounts.words import KINDS
from qaita.web.desk.forms import DeskForm, styled

LANGUAGES = (("kk", _("Kazakh")), ("ru", _("Russian")), ("en", _("English")))
MAX_CMS_BYTES = 256 * 1024


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """Sign-in name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Sign-in name")
        self.fields["password"].help_text = ""  # the page has the link
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        styled(self)


class PersonForm(DeskForm):
    """Who is invited."""

    username = forms.CharField(label=_("Sign-in name"), max_length=60)
    last_name = forms.CharField(label=_("Family name"), max_length=150, required=False)
    first_name = forms.CharField(label=_("Given name"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class RoleForm(DeskForm):
    """Which role is given, for what."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role, ROLES[role]) for role in GIVEN_ROLES])
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), required=False, to_field_name="code"
    )
    region = forms.ModelChoiceField(
        Region.objects.none(),
        label=_("Only in the region"),
        required=False,
        to_field_name="kato",
        empty_label=_("all regions"),
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]  # a choice of rows
        self.fields["region"].queryset = Region.objects.all()  # type: ignore[attr-defined]  # a choice of rows


class OrganisationForm(DeskForm):
    """An organisation to be registered."""

    bin = forms.CharField(
        label=_("BIN"), max_length=12, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    name_kk = forms.CharField(label=_("Name in Kazakh"), max_length=250)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=250)
    name_en = forms.CharField(label=_("Name in English"), max_length=250)
    region = forms.ModelChoiceField(
        Region.objects.all(), label=_("Region"), required=False, to_field_name="kato"
    )
    address = forms.CharField(label=_("Address"), max_length=250, required=False)


class KeyForm(DeskForm):
    """A new API key."""

    name = forms.CharField(label=_("What the key is for"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=list(API_SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
    )


class CertificateForm(DeskForm):
    """A certificate whose key stays with its owner."""

    pem = forms.CharField(
        label=_("Certificate (PEM)"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )


class LanguageForm(DeskForm):
    """In which language a person reads."""

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
