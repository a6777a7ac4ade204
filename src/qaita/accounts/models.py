"""People, organisations and the roles people hold in them."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from qaita.kernel.ids import new_code
from qaita.territory.models import Region


def person_code() -> str:
    """Return a fresh public code for a person; it says nothing about who it is."""
    return new_code("PN")


def organisation_code() -> str:
    """Return a fresh public code for an organisation."""
    return new_code("OR")


def api_key_code() -> str:
    """Return a fresh public code for an API key."""
    return new_code("AK")


def certificate_code() -> str:
    """Return a fresh public code for a signatory's certificate."""
    return new_code("CE")


def signature_code() -> str:
    """Return a fresh public code for a signature."""
    return new_code("SG")


class OrganisationKind(models.TextChoices):
    """What an organisation is in the programme."""

    UTILITY = "utility", "utility"
    TECHNICAL_OPERATOR = "technical_operator", "technical operator"
    FINANCIAL_OPERATOR = "financial_operator", "financial operator"
    REGULATOR = "regulator", "regulator"
    AKIMAT = "akimat", "akimat"
    PROGRAMME_OFFICE = "programme_office", "programme office"
    PRODUCER = "producer", "producer"
    SUPPLIER = "supplier", "supplier"
    SUPERVISION = "supervision", "technical supervision"
    AUDIT = "audit", "audit body"
    OPERATIONS = "operations", "system operations"


class Person(AbstractUser):
    """Somebody who signs in. The name stays here; outside only the code is shown."""

    LEDGERED = "is_active is_staff is_superuser"

    code = models.CharField(max_length=16, unique=True, default=person_code)
    language = models.CharField(max_length=2, default="kk")

    def __str__(self) -> str:
        return self.code


class Organisation(models.Model):
    """A legal person, identified by its BIN."""

    LEDGERED = "bin kind name_kk name_ru name_en region is_demonstration"

    code = models.CharField(max_length=16, unique=True, default=organisation_code)
    bin = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=24, choices=OrganisationKind.choices)
    name_kk = models.CharField(max_length=250)
    name_ru = models.CharField(max_length=250)
    name_en = models.CharField(max_length=250)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="organisations"
    )
    address = models.CharField(max_length=250, blank=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["kind", "code"], name="organisation_kind")]

    def __str__(self) -> str:
        return self.name_en


class Membership(models.Model):
    """A role a person holds for an organisation, narrowed to a region when one is given."""

    LEDGERED = "organisation role region"
    LEDGER_OF = "person"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    role = models.CharField(max_length=32)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role", "region"], name="membership_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person.code} {self.role}"


class ApiKey(models.Model):
    """A key with which a program acts for a person, within scopes. Only its digest is kept."""

    LEDGERED = "person digest scopes made_at expires_at revoked_at"

    code = models.CharField(max_length=16, unique=True, default=api_key_code)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "code"]

    def __str__(self) -> str:
        return self.code


class Certificate(models.Model):
    """An X.509 certificate of a signatory. A demonstration key may be held here, and says so."""

    LEDGERED = "person fingerprint pem starts_at ends_at revoked_at"

    code = models.CharField(max_length=16, unique=True, default=certificate_code)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="certificates")
    fingerprint = models.CharField(max_length=64, unique=True)  # hex SHA-256 of the DER
    pem = models.TextField()
    demonstration_key_pem = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_at", "code"]

    def __str__(self) -> str:
        return self.code

    @property
    def held_for_demonstration(self) -> bool:
        """Tell whether the key lies here, which only a demonstration may do."""
        return bool(self.demonstration_key_pem)


class Signature(models.Model):
    """A detached CMS signature over the canonical document of a thing."""

    LEDGERED = "subject_code document_sha256 cms person certificate role at"

    code = models.CharField(max_length=16, unique=True, default=signature_code)
    subject_code = models.CharField(max_length=32)
    document = models.BinaryField()
    document_sha256 = models.CharField(max_length=64)
    cms = models.BinaryField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="signatures")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT)
    role = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["subject_code"], name="signature_subject")]

    def __str__(self) -> str:
        return self.code
