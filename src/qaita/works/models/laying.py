"""What was laid: lines, materials, measurements and checks."""

from django.db import models
from django.db.models import Q

from qaita.kernel.actor import Scope
from qaita.networks.models import Section
from qaita.works.models.kinds import CheckKind, as_built_code, check_code, measurement_code
from qaita.works.models.sites import Act, Evidence, Site, WorkLine, scope_on_site


class AsBuilt(models.Model):
    """One line as it was laid, in place of one or more sections of the site."""

    LEDGERED = (
        "site section geometry length_m design_length_m deviation_m material diameter_mm "
        "design_diameter_mm design_material voltage_kv laid_on source file_sha256 recorded_at "
        "recorded_by"
    )

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

    LEDGERED = "product_code batch certificate from_share to_share"
    LEDGER_OF = "as_built"

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

    LEDGERED = "code line act quantity measured_on is_from_geometry written_by"
    LEDGER_OF = "line__site"

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

    LEDGERED = (
        "code kind held_on working_kpa pressure_kpa drop_kpa held_minutes is_passed remarks "
        "evidence written_by"
    )
    LEDGER_OF = "as_built"

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
