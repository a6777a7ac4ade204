"""Targets, projects, their documents, estimates, approvals and clocks."""

from django.db import models

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Scope
from qaita.kernel.ids import new_code
from qaita.kernel.money import DECIMAL_PLACES, MAX_DIGITS
from qaita.networks.models import Section, ServiceKind
from qaita.planning.models import CountryRun, Line
from qaita.territory.models import Region


def project_code() -> str:
    """Return a fresh public code for an application, which stays the project's code."""
    return new_code("AP")


def document_code() -> str:
    """Return a fresh public code for a document."""
    return new_code("DC")


class Indicator(models.TextChoices):
    """What a published figure counts."""

    LENGTH = "length", "length of networks renewed"
    MONEY = "money", "money"
    WEAR = "wear", "wear of networks"
    UTILITIES = "utilities", "utilities taking part"
    PROJECTS = "projects", "projects"
    EQUIPMENT = "equipment", "equipment units renewed"
    CAPACITY = "capacity", "generating capacity"
    METERS = "meters", "meters installed"
    NETWORK = "network", "length of networks in the country"


class Target(models.Model):
    """One published figure as its source gives it; figures that conflict stand side by side."""

    key = models.CharField(max_length=80, unique=True)
    indicator = models.CharField(max_length=16, choices=Indicator.choices)
    kind = models.CharField(max_length=12)  # plan | fact | forecast
    service = models.CharField(max_length=12, blank=True)  # empty: all services together
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True)
    year = models.PositiveSmallIntegerField()
    value = models.FloatField()
    unit = models.CharField(max_length=16)
    source_key = models.CharField(max_length=8)
    source_url = models.CharField(max_length=250)
    dated_on = models.DateField()
    dated_precision = models.CharField(max_length=8, default="day")  # day | month | year
    note_kk = models.CharField(max_length=250, blank=True)
    note_ru = models.CharField(max_length=250, blank=True)
    note_en = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["indicator", "service", "year", "-dated_on", "key"]
        indexes = [models.Index(fields=["indicator", "service", "year"], name="target_cell")]

    def __str__(self) -> str:
        return self.key


class Project(models.Model):
    """An application of a utility, which becomes a project when it is confirmed."""

    LEDGERED = (
        "utility service region run_line country_run country_packages sections cost_kzt "
        "committed_kzt bill_rise_kzt length_planned_m year law_on returned_reason"
    )

    code = models.CharField(max_length=16, unique=True, default=project_code)
    utility = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="projects")
    service = models.CharField(max_length=12, choices=ServiceKind.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="projects")
    title_kk = models.CharField(max_length=250)
    title_ru = models.CharField(max_length=250)
    title_en = models.CharField(max_length=250)
    state = models.CharField(max_length=24, default="draft")
    run_line = models.ForeignKey(
        Line, on_delete=models.PROTECT, null=True, blank=True, related_name="projects"
    )
    # or the country's plan, and the packages of it that are applied for
    country_run = models.ForeignKey(
        CountryRun, on_delete=models.PROTECT, null=True, blank=True, related_name="projects"
    )
    country_packages = models.JSONField(default=list)
    sections = models.ManyToManyField(Section, related_name="projects")
    cost_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    committed_kzt = models.DecimalField(  # told by funding
        max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, default=0
    )
    bill_rise_kzt = models.DecimalField(  # told by funding: a household's month
        max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True
    )
    length_planned_m = models.FloatField()
    year = models.PositiveSmallIntegerField()
    law_on = models.DateField()
    returned_reason = models.TextField(blank=True)
    drafted_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["-drafted_at", "code"]
        indexes = [
            models.Index(fields=["state", "service"], name="project_state"),
            models.Index(fields=["region", "service", "year"], name="project_cell"),
        ]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return the scope in which a role must be held to act on this project."""
        if role in ("utility_head", "utility_engineer"):
            return Scope(self.utility.code, self.region.kato)
        return Scope(region=self.region.kato)


class Estimate(models.Model):
    """One version of a project's estimate; the chain of versions is never rewritten."""

    LEDGERED = "version cost_kzt growth_share alarm reason at"
    LEDGER_OF = "project"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="estimates")
    version = models.PositiveSmallIntegerField()
    cost_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    growth_share = models.FloatField()  # against the first version
    alarm = models.BooleanField(default=False)
    reason = models.CharField(max_length=250)
    at = models.DateTimeField()

    class Meta:
        ordering = ["project_id", "version"]
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="estimate_once")]

    def __str__(self) -> str:
        return f"{self.project.code} v{self.version}"


class Document(models.Model):
    """The canonical text that a signatory signs: JSON (RFC 8785), kept byte for byte."""

    LEDGERED = "code kind body sha256 made_at"
    LEDGER_OF = "project"

    code = models.CharField(max_length=16, unique=True, default=document_code)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=24)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at", "code"]

    def __str__(self) -> str:
        return self.code


class Approval(models.Model):
    """What a signatory decided at one step: agreed, returned with remarks, or refused."""

    LEDGERED = "action role person_code document remarks at"
    LEDGER_OF = "project"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="approvals")
    action = models.CharField(max_length=24)
    role = models.CharField(max_length=32)
    person_code = models.CharField(max_length=16)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="approval")
    remarks = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.project.code} {self.action}"


class Clock(models.Model):
    """The legal term of one step, in working days."""

    LEDGERED = "step role started_on due_on stopped_on extended_reason"
    LEDGER_OF = "project"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="clocks")
    step = models.CharField(max_length=24)
    role = models.CharField(max_length=32)
    started_on = models.DateField()
    due_on = models.DateField()
    stopped_on = models.DateField(null=True, blank=True)
    extended_reason = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["started_on", "id"]
        indexes = [models.Index(fields=["stopped_on", "due_on"], name="clock_running")]

    def __str__(self) -> str:
        return f"{self.project.code} {self.step}"
