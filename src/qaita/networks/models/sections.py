"""Sections, their descent, equipment, inspections and failures."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qaita.kernel.actor import Scope
from qaita.networks.models.kinds import (
    FailureCause,
    FailureSource,
    LaidPrecision,
    Material,
    ServiceKind,
    equipment_code,
    failure_code,
    inspection_code,
    section_code,
)
from qaita.networks.models.networks import Import, Network, Node


class Section(models.Model):
    """A piece of pipe or line between two nodes. See the package for what may change."""

    LEDGERED = (
        "network service region_kato from_node to_node geometry length_m diameter_mm voltage_kv "
        "pipe_count replaced_by born_of source valid_from valid_until"
    )
    LEDGER_BULK = True  # queries/integrity.py

    code = models.CharField(max_length=16, unique=True, default=section_code)
    network = models.ForeignKey(
        Network, on_delete=models.PROTECT, related_name="sections", db_index=False
    )
    service = models.CharField(max_length=10, choices=ServiceKind.choices)
    region_kato = models.CharField(max_length=2)
    from_node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="leaving")
    to_node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="arriving")
    name = models.CharField(max_length=80, blank=True)
    geometry = models.BinaryField()  # geometry.py: zig-zag delta varints of 1e-7 degrees
    length_m = models.FloatField()
    material = models.CharField(max_length=16, choices=Material.choices, blank=True)
    diameter_mm = models.FloatField(null=True, blank=True)
    voltage_kv = models.FloatField(null=True, blank=True)
    laid_on = models.DateField(null=True, blank=True)
    laid_precision = models.CharField(
        max_length=8, choices=LaidPrecision.choices, default=LaidPrecision.UNKNOWN
    )
    laid_imputed = models.BooleanField(default=False)
    material_imputed = models.BooleanField(default=False)
    pipe_count = models.PositiveSmallIntegerField(default=1)
    norm_life_years = models.FloatField(null=True, blank=True)
    condition = models.FloatField(null=True, blank=True)  # 0 new … 1 worn out, as last modelled
    past_norm_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, default="in_service")
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced"
    )
    born_of = models.CharField(max_length=16, blank=True)  # code of the project that laid it
    source = models.ForeignKey(
        Import, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # engine/tiles/keys.py: the cell that covers the line, and the z16 cell of its first point
    morton_key = models.BigIntegerField()
    home_key = models.BigIntegerField()
    valid_from = models.DateField(null=True, blank=True)  # None: before the register's memory
    valid_until = models.DateField(null=True, blank=True)
    raw = models.TextField(blank=True)  # JSON of what only the file's own format knows

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["network", "state"], name="section_network"),
            models.Index(fields=["service", "region_kato"], name="section_service_region"),
            models.Index(fields=["service", "morton_key"], name="section_morton"),
            models.Index(fields=["service", "home_key"], name="section_home"),
            models.Index(fields=["born_of"], name="section_born_of"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(length_m__gt=0), name="section_length_positive"
            )
        ]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return where the role must be held: own people for the organisation, others by region."""
        return self.network.scope_for(role)


class Lineage(models.Model):
    """One line of descent between sections."""

    parent = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="descents")
    child = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="ascents")
    kind = models.CharField(
        max_length=8,
        choices=[("split", _("split")), ("merge", _("merge")), ("replace", _("replacement"))],
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["parent", "child"], name="lineage_once")]

    def __str__(self) -> str:
        return f"{self.parent} → {self.child}"


class EquipmentUnit(models.Model):
    """A piece of equipment at a node, or between two nodes (a pump or valve of a pipe network).

    Units form a tree: station, pump, motor, each with its own life.
    """

    LEDGERED = "network node to_node parent kind installed_on norm_life_years"

    code = models.CharField(max_length=16, unique=True, default=equipment_code)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="equipment")
    node = models.ForeignKey(
        Node, on_delete=models.PROTECT, null=True, blank=True, related_name="equipment"
    )
    to_node = models.ForeignKey(
        Node, on_delete=models.PROTECT, null=True, blank=True, related_name="equipment_arriving"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts"
    )
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=120, blank=True)
    installed_on = models.DateField(null=True, blank=True)
    norm_life_years = models.FloatField(null=True, blank=True)
    raw = models.TextField(blank=True)  # JSON of what only the file's own format knows

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name or self.code


class Inspection(models.Model):
    """What an inspection of a section found."""

    LEDGERED = "section on method condition remarks"

    code = models.CharField(max_length=16, unique=True, default=inspection_code)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="inspections")
    on = models.DateField()
    method = models.CharField(max_length=40, blank=True)
    condition = models.FloatField()  # 0 new … 1 worn out
    remarks = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(condition__gte=0, condition__lte=1),
                name="inspection_condition_share",
            )
        ]

    def __str__(self) -> str:
        return self.code


class Failure(models.Model):
    """A failure of a section."""

    LEDGERED = "section at cause repaired_at consumers_off source confidence project"

    code = models.CharField(max_length=16, unique=True, default=failure_code)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="failures")
    at = models.DateTimeField()
    cause = models.CharField(
        max_length=12, choices=FailureCause.choices, default=FailureCause.UNKNOWN
    )
    repaired_at = models.DateTimeField(null=True, blank=True)
    consumers_off = models.PositiveIntegerField(default=0)
    source = models.CharField(
        max_length=8, choices=FailureSource.choices, default=FailureSource.CREW
    )
    confidence = models.FloatField(default=1)  # that it was this section, 0…1
    project = models.CharField(max_length=16, blank=True)  # code of the project under way here

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["at"], name="failure_at")]

    def __str__(self) -> str:
        return self.code
