"""The tables of works. There is no field in which a length could be typed."""

from django.db import models
from django.db.models import Q

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Scope
from qaita.kernel.ids import new_code
from qaita.networks.models import Section
from qaita.procurement.models import Contract
from qaita.programme.models import Project


def site_code() -> str:
    """Return a fresh public code of a site."""
    return new_code("ST")


def milestone_code() -> str:
    """Return a fresh public code of a milestone."""
    return new_code("ML")


def permit_code() -> str:
    """Return a fresh public code of a dig permit."""
    return new_code("DP")


def report_code() -> str:
    """Return a fresh public code of a day report."""
    return new_code("DR")


def evidence_code() -> str:
    """Return a fresh public code of a piece of evidence."""
    return new_code("EV")


def measurement_code() -> str:
    """Return a fresh public code of a measurement."""
    return new_code("MS")


def as_built_code() -> str:
    """Return a fresh public code of a line as laid."""
    return new_code("AB")


def check_code() -> str:
    """Return a fresh public code of a check."""
    return new_code("CK")


def act_code() -> str:
    """Return a fresh public code of an act."""
    return new_code("AC")


class Stage(models.TextChoices):
    """When a picture was taken."""

    BEFORE = "before", "before"
    DURING = "during", "during"
    AFTER = "after", "after"


class LineKind(models.TextChoices):
    """What a line of the bill measures; a length is read from geometry, all else is measured."""

    LENGTH = "length", "length"
    OTHER = "other", "other"


class CheckKind(models.TextChoices):
    """What must be checked before a line is buried and accepted."""

    HIDDEN_WORKS = "hidden_works", "hidden works"
    PRESSURE_TEST = "pressure_test", "pressure test"
    DISINFECTION = "disinfection", "disinfection"
    TIGHTNESS = "tightness", "tightness"
    INSULATION = "insulation", "insulation"


class Site(models.Model):
    """The place where one signed contract is carried out."""

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
    due_on = models.DateField()
    started_on = models.DateField(null=True)
    completed_on = models.DateField(null=True)

    class Meta:
        ordering = ["-opened_on", "code"]
        indexes = [models.Index(fields=["state", "due_on"], name="site_state")]

    def __str__(self) -> str:
        return self.code

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


class AsBuilt(models.Model):
    """One line as it was laid, in place of one or more sections of the site."""

    code = models.CharField(max_length=16, unique=True, default=as_built_code)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="as_built")
    act = models.ForeignKey(Act, on_delete=models.SET_NULL, null=True, related_name="as_built")
    replaces = models.ManyToManyField(Section, related_name="as_built")
    section = models.OneToOneField(
        Section, on_delete=models.PROTECT, null=True, related_name="born_as"
    )
    state = models.CharField(max_length=16, default="recorded")
    geometry = models.BinaryField()
    length_m = models.FloatField()  # geodesic, of the geometry; services compute it
    design_length_m = models.FloatField()
    deviation_m = models.FloatField()  # the farthest that either line lies from the other
    material = models.CharField(max_length=32)
    diameter_mm = models.FloatField(null=True)
    design_diameter_mm = models.FloatField(null=True)
    design_material = models.CharField(max_length=32, blank=True)
    voltage_kv = models.FloatField(null=True)
    laid_on = models.DateField()
    source = models.CharField(max_length=16)  # geojson, csv, gpx, drawn
    file_sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=32)

    class Meta:
        ordering = ["site", "recorded_at", "id"]
        verbose_name_plural = "as built"

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return the scope in which the role must be held."""
        return scope_on_site(self.site, role)


class Material(models.Model):
    """Which batch of which product lies in the line, with its certificate."""

    as_built = models.ForeignKey(AsBuilt, on_delete=models.CASCADE, related_name="materials")
    product_code = models.CharField(max_length=16, blank=True)
    batch = models.CharField(max_length=64)
    certificate = models.CharField(max_length=120)
    from_share = models.FloatField(default=0)  # where along the line the batch begins
    to_share = models.FloatField(default=1)

    class Meta:
        ordering = ["as_built", "from_share"]

    def __str__(self) -> str:
        return f"{self.batch} {self.certificate}"


class Measurement(models.Model):
    """A measured quantity of one line of the bill."""

    code = models.CharField(max_length=16, unique=True, default=measurement_code)
    line = models.ForeignKey(WorkLine, on_delete=models.PROTECT, related_name="measurements")
    act = models.ForeignKey(Act, on_delete=models.SET_NULL, null=True, related_name="measurements")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    measured_on = models.DateField()
    is_from_geometry = models.BooleanField(default=False)
    written_by = models.CharField(max_length=32)

    class Meta:
        ordering = ["line", "measured_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="measurement_positive")
        ]

    def __str__(self) -> str:
        return self.code


class SiteCheck(models.Model):
    """A pressure test or another check of a laid line, with its readings."""

    code = models.CharField(max_length=16, unique=True, default=check_code)
    as_built = models.ForeignKey(AsBuilt, on_delete=models.CASCADE, related_name="checks")
    kind = models.CharField(max_length=16, choices=CheckKind.choices)
    held_on = models.DateField()
    working_kpa = models.FloatField(null=True)
    pressure_kpa = models.FloatField(null=True)
    drop_kpa = models.FloatField(null=True)
    held_minutes = models.FloatField(null=True)
    is_passed = models.BooleanField()
    remarks = models.TextField(blank=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.SET_NULL, null=True, related_name="+")
    written_by = models.CharField(max_length=32)

    class Meta:
        ordering = ["as_built", "held_on", "id"]

    def __str__(self) -> str:
        return self.code
