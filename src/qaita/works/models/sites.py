"""Sites: their bill, reports, pictures, milestones, permits and acts."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Scope
from qaita.networks.models import Section
from qaita.procurement.models import Contract
from qaita.programme.models import Project
from qaita.works.models.kinds import (
    LineKind,
    Stage,
    act_code,
    evidence_code,
    milestone_code,
    permit_code,
    report_code,
    site_code,
)


class Site(models.Model):
    """The place where one signed contract is carried out."""

    LEDGERED = (
        "contract project utility supplier supervision sections sum_kzt law_on design_material "
        "opened_on due_on started_on completed_on"
    )

    code = models.CharField(max_length=16, unique=True, default=site_code)
    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="site")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="sites")
    utility = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    supervision = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    sections = models.ManyToManyField(Section, related_name="sites")
    state = models.CharField(max_length=16, default="opened")
    service = models.CharField(max_length=16)
    region_kato = models.CharField(max_length=2)
    sum_kzt = models.DecimalField(max_digits=20, decimal_places=2)  # the contract's, when opened
    law_on = models.DateField()
    design_material = models.CharField(max_length=32, blank=True)  # empty: any
    opened_on = models.DateField()
    due_on = models.DateField()  # by the contract, when opened
    started_on = models.DateField(null=True)
    completed_on = models.DateField(null=True)

    class Meta:
        ordering = ["-opened_on", "code"]
        indexes = [models.Index(fields=["state", "due_on"], name="site_state")]

    def __str__(self) -> str:
        return self.code

    @property
    def ends_on(self) -> date:
        """The last day by the contract as it stands now, with its amendments."""
        return self.contract.ends_on

    @property
    def worth_kzt(self) -> Decimal:
        """The sum of the contract as it stands now, with its amendments."""
        return self.contract.sum_kzt

    def scope_for(self, role: str) -> Scope:
        """Return the scope in which the role must be held."""
        return scope_on_site(self, role)


def scope_on_site(site: Site, role: str) -> Scope:
    """Each side of a site acts for its own organisation."""
    sides = {
        "supplier": site.supplier,
        "supervisor": site.supervision,
        "utility_head": site.utility,
        "utility_engineer": site.utility,
    }
    organisation = sides.get(role)
    return Scope(organisation.code if organisation else "", site.region_kato)


class WorkLine(models.Model):
    """One line of the contract's bill of quantities."""

    LEDGERED = "number kind unit estimate_quantity contract_quantity price_kzt"
    LEDGER_OF = "site"

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=LineKind.choices, default=LineKind.OTHER)
    title_kk = models.CharField(max_length=250)
    title_ru = models.CharField(max_length=250)
    title_en = models.CharField(max_length=250)
    unit = models.CharField(max_length=16)
    estimate_quantity = models.DecimalField(max_digits=14, decimal_places=3)
    contract_quantity = models.DecimalField(max_digits=14, decimal_places=3)
    price_kzt = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        ordering = ["site", "number"]
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="work_line_once"),
            models.CheckConstraint(
                condition=Q(contract_quantity__lte=models.F("estimate_quantity")),
                name="contract_within_estimate",
            ),
            models.CheckConstraint(
                condition=Q(contract_quantity__gte=0, price_kzt__gte=0), name="work_line_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title_en}"


class Act(models.Model):
    """The act of acceptance: what three sides sign."""

    LEDGERED = (
        "site number drafted_on length_m amount_kzt delay_days penalty_kzt document "
        "document_sha256 accepted_at warranty_until_on remarks"
    )
    LEDGER_WITH = "site"

    code = models.CharField(max_length=16, unique=True, default=act_code)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="acts")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, default="drafted")
    drafted_on = models.DateField()
    length_m = models.FloatField(default=0)  # summed from geometry, written by services only
    amount_kzt = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    delay_days = models.PositiveIntegerField(default=0)
    penalty_kzt = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    document = models.TextField(blank=True)  # canonical JSON: the bytes that are signed
    document_sha256 = models.CharField(max_length=64, blank=True)
    accepted_at = models.DateTimeField(null=True)
    warranty_until_on = models.DateField(null=True)
    remarks = models.TextField(blank=True)

    class Meta:
        ordering = ["site", "number"]
        constraints = [models.UniqueConstraint(fields=["site", "number"], name="act_once")]
        indexes = [models.Index(fields=["state", "accepted_at"], name="act_state")]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return the scope in which the role must be held."""
        return scope_on_site(self.site, role)


class DayReport(models.Model):
    """What happened on the site on one day."""

    LEDGERED = "site on done hindrance workers machines written_by written_at"

    code = models.CharField(max_length=16, unique=True, default=report_code)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="reports")
    on = models.DateField()
    done = models.TextField()
    hindrance = models.TextField(blank=True)
    workers = models.PositiveIntegerField(default=0)
    machines = models.PositiveIntegerField(default=0)
    written_by = models.CharField(max_length=32)  # code of the person
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["site", "-on"]
        constraints = [models.UniqueConstraint(fields=["site", "on"], name="one_report_a_day")]

    def __str__(self) -> str:
        return f"{self.code} {self.on}"


class Evidence(models.Model):
    """A picture from the site. The public one carries no metadata; the original's hash stays."""

    LEDGERED = (
        "site report stage caption sha256 public_sha256 taken_at lon_deg lat_deg distance_m "
        "marks flags same_as received_at sent_by"
    )

    code = models.CharField(max_length=16, unique=True, default=evidence_code)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="evidence")
    report = models.ForeignKey(
        DayReport, on_delete=models.SET_NULL, null=True, related_name="evidence"
    )
    stage = models.CharField(max_length=8, choices=Stage.choices)
    caption = models.CharField(max_length=250, blank=True)
    sha256 = models.CharField(max_length=64, db_index=True)  # of the original bytes
    public_sha256 = models.CharField(max_length=64)
    public_path = models.CharField(max_length=120)  # below MEDIA_ROOT
    size_bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    taken_at = models.DateTimeField(null=True)
    lon_deg = models.FloatField(null=True)
    lat_deg = models.FloatField(null=True)
    distance_m = models.FloatField(null=True)  # from the design line
    marks = models.CharField(max_length=160)  # perceptual hashes, hex by spaces
    flags = models.JSONField(default=list)
    same_as = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    received_at = models.DateTimeField()
    sent_by = models.CharField(max_length=32)

    class Meta:
        ordering = ["site", "received_at", "id"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.code


class Milestone(models.Model):
    """A promised point of the works."""

    LEDGERED = "code due_on judged_on remarks"
    LEDGER_OF = "site"

    code = models.CharField(max_length=16, unique=True, default=milestone_code)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="milestones")
    number = models.PositiveIntegerField()
    title_kk = models.CharField(max_length=250)
    title_ru = models.CharField(max_length=250)
    title_en = models.CharField(max_length=250)
    due_on = models.DateField()
    state = models.CharField(max_length=16, default="scheduled")
    judged_on = models.DateField(null=True)
    remarks = models.TextField(blank=True)
    evidence = models.ManyToManyField(Evidence, related_name="milestones")

    class Meta:
        ordering = ["site", "number"]
        constraints = [models.UniqueConstraint(fields=["site", "number"], name="milestone_once")]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return the scope in which the role must be held."""
        return scope_on_site(self.site, role)


class DigPermit(models.Model):
    """Leave to open the ground; closed when the surface is restored."""

    LEDGERED = "code number issued_on until_on closed_on"
    LEDGER_OF = "site"

    code = models.CharField(max_length=16, unique=True, default=permit_code)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="permits")
    number = models.CharField(max_length=64)
    state = models.CharField(max_length=16, default="open")
    issued_on = models.DateField()
    until_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        ordering = ["site", "issued_on"]
        constraints = [models.UniqueConstraint(fields=["site", "number"], name="permit_once")]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return the scope in which the role must be held."""
        return scope_on_site(self.site, role)
