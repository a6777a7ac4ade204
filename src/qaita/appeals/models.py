"""Tables of appeals. What is personal stands in Contact and Answer, and nowhere else."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation
from qaita.accounts.roles import UTILITY_ROLES
from qaita.kernel.actor import Scope
from qaita.kernel.ids import new_code
from qaita.networks.models import Section, ServiceKind
from qaita.territory.models import Region, Settlement
from qaita.turmys.models import Incident


def appeal_code() -> str:
    """Return a fresh public code of an appeal."""
    return new_code("AL")


class Channel(models.TextChoices):
    """How the appeal came."""

    WEB = "web", _("this site")
    PHONE = "phone", _("telephone")
    OPEN311 = "open311", _("another program")


class Category(models.TextChoices):
    """What the appeal is about; which services have it: `categories.py`."""

    NO_SUPPLY = "no_supply", _("No supply")
    WEAK_SUPPLY = "weak_supply", _("Weak supply: low pressure, lukewarm, low voltage")
    BAD_QUALITY = "bad_quality", _("Bad quality: colour, smell, flicker")
    LEAK = "leak", _("Leak or break in the street")
    FLOODING = "flooding", _("Sewage comes up or floods")
    GAS_SMELL = "gas_smell", _("Smell of gas")
    DANGER = "danger", _("Danger: open manhole, hanging wire")
    WORKS = "works", _("Poor works or surface not restored")
    METER = "meter", _("Meter or bill")
    OTHER = "other", _("Something else")


class Extent(models.TextChoices):
    """How far the trouble reaches, as the person knows it."""

    UNKNOWN = "unknown", _("I do not know")
    HOME = "home", _("Only my home")
    HOUSE = "house", _("The whole house")
    STREET = "street", _("Several houses or the street")


class Outcome(models.TextChoices):
    """What the answer says, in one word that anybody may read."""

    FIXED = "fixed", _("Mended")
    PLANNED = "planned", _("Planned, with a date")
    EXPLAINED = "explained", _("Explained")
    NOT_FIXED = "not_fixed", _("Not mended")


class Appeal(models.Model):
    """What anybody may see of an appeal: service, kind, place to about a street, clock, outcome."""

    LEDGERED = (
        "channel service category extent statement settlement region section organisation "
        "law_on received_at accept_by_on due_on extended_until_on accepted_at answered_at "
        "closed_at outcome reopens_count rating"
    )

    code = models.CharField(max_length=16, unique=True, default=appeal_code)
    state = models.CharField(max_length=16, default="received")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    service = models.CharField(max_length=10, choices=ServiceKind.choices)
    category = models.CharField(max_length=12, choices=Category.choices)
    extent = models.CharField(max_length=8, choices=Extent.choices, default="unknown")
    # the public wording: written by the operator, never by the person
    statement = models.CharField(max_length=500, blank=True)
    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, null=True, blank=True, related_name="appeals"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="appeals")
    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, null=True, blank=True, related_name="appeals"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="appeals"
    )
    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, null=True, blank=True, related_name="appeals"
    )
    # rounded to about 100 m: the exact point is personal and stands in Contact
    lon_deg = models.FloatField(null=True, blank=True)
    lat_deg = models.FloatField(null=True, blank=True)
    law_on = models.DateField()
    received_at = models.DateTimeField()
    accept_by_on = models.DateField()
    due_on = models.DateField()
    extended_until_on = models.DateField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    reopens_count = models.PositiveSmallIntegerField(default=0)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="appeal_clock"),
            models.Index(fields=["received_at"], name="appeal_received"),
            models.Index(fields=["organisation", "state"], name="appeal_organisation"),
        ]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return where the role must be held: own people for the organisation, others by region."""
        if role in UTILITY_ROLES:
            return Scope(self.organisation.code if self.organisation else "", self.region.kato)
        return Scope(region=self.region.kato)


class Contact(models.Model):
    """Who filed the appeal, where exactly, and in what words. Personal: never leaves the desk."""

    appeal = models.OneToOneField(Appeal, on_delete=models.CASCADE, related_name="contact")
    key_digest = models.CharField(max_length=64, unique=True)  # of the key the person was given
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=2, default="kk")
    statement = models.TextField(max_length=4_000)
    address = models.CharField(max_length=250, blank=True)
    lon_deg = models.FloatField(null=True, blank=True)
    lat_deg = models.FloatField(null=True, blank=True)

    def __str__(self) -> str:
        return "contact"


class Answer(models.Model):
    """What the person was told. The words may be personal: only day and outcome are public."""

    LEDGERED = "outcome text answered_at"
    LEDGER_OF = "appeal"

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="answers")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    text = models.TextField(max_length=4_000)
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["-answered_at", "-id"]

    def __str__(self) -> str:
        return "answer"
