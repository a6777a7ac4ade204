"""Tables of networks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation
from qaita.accounts.roles import UTILITY_ROLES
from qaita.kernel.actor import Scope
from qaita.kernel.ids import new_code
from qaita.territory.models import Region, Settlement

LIVING = ("in_service", "in_works")  # states of a section that carries its service
SOURCES = ("source", "plant", "tank")  # kinds of node that feed a network


def utility_service_code() -> str:
    """Return a fresh public code for a service of a utility."""
    return new_code("US")


def network_code() -> str:
    """Return a fresh public code for a network."""
    return new_code("NW")


def node_code() -> str:
    """Return a fresh public code for a node."""
    return new_code("ND")


def section_code() -> str:
    """Return a fresh public code for a section."""
    return new_code("SC")


def equipment_code() -> str:
    """Return a fresh public code for an equipment unit."""
    return new_code("EQ")


def failure_code() -> str:
    """Return a fresh public code for a failure."""
    return new_code("FL")


def inspection_code() -> str:
    """Return a fresh public code for an inspection."""
    return new_code("IN")


def import_code() -> str:
    """Return a fresh public code for an import."""
    return new_code("IM")


class ServiceKind(models.TextChoices):
    """The utility services."""

    HEAT = "heat", _("heat supply")
    POWER = "power", _("power supply")
    WATER = "water", _("water supply")
    WASTEWATER = "wastewater", _("wastewater disposal")
    GAS = "gas", _("gas supply")


class NodeKind(models.TextChoices):
    """What stands at a node."""

    JUNCTION = "junction", _("junction")
    SOURCE = "source", _("source")
    PLANT = "plant", _("plant")
    PUMP = "pump", _("pumping station")
    VALVE = "valve", _("valve chamber")
    SUBSTATION = "substation", _("substation")
    TANK = "tank", _("tank")
    CONSUMER = "consumer", _("consumer point")


class Material(models.TextChoices):
    """What a section is made of; empty is unknown."""

    STEEL = "steel", _("steel")
    PREINSULATED = "preinsulated", _("pre-insulated steel")
    CAST_IRON = "cast_iron", _("cast iron")
    DUCTILE_IRON = "ductile_iron", _("ductile iron")
    POLYETHYLENE = "pe", _("polyethylene")
    PVC = "pvc", _("PVC")
    CONCRETE = "concrete", _("reinforced concrete")
    ASBESTOS_CEMENT = "asbestos_cement", _("asbestos cement")
    CERAMIC = "ceramic", _("ceramic")
    GLASS_FIBRE = "glass_fibre", _("glass fibre")
    LINE_WOOD = "line_wood", _("overhead line on wooden poles")
    LINE_CONCRETE = "line_concrete", _("overhead line on concrete poles")
    LINE_STEEL = "line_steel", _("overhead line on steel towers")
    CABLE = "cable", _("cable")


class LaidPrecision(models.TextChoices):
    """How well the day of laying is known."""

    DAY = "day", _("day")
    YEAR = "year", _("year")
    DECADE = "decade", _("decade")
    UNKNOWN = "unknown", _("unknown")


class UtilityService(models.Model):
    """One service of one utility in one region."""

    code = models.CharField(max_length=16, unique=True, default=utility_service_code)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="utility_services"
    )
    service = models.CharField(max_length=10, choices=ServiceKind.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="utility_services")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "service", "region"], name="utility_service_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.service}"


class Network(models.Model):
    """A connected or administrative whole of nodes and sections of one service."""

    code = models.CharField(max_length=16, unique=True, default=network_code)
    utility_service = models.ForeignKey(
        UtilityService, on_delete=models.PROTECT, related_name="networks"
    )
    name_kk = models.CharField(max_length=200)
    name_ru = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="networks")
    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, null=True, blank=True, related_name="networks"
    )
    population = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_en

    def scope_for(self, role: str) -> Scope:
        """Return where the role must be held: own people for the organisation, others by region."""
        if role in UTILITY_ROLES:
            return Scope(self.utility_service.organisation.code, self.region.kato)
        return Scope(region=self.region.kato)


class Import(models.Model):
    """A file of a network that was read: what it held, how it was understood, what was wrong."""

    code = models.CharField(max_length=16, unique=True, default=import_code)
    utility_service = models.ForeignKey(
        UtilityService, on_delete=models.PROTECT, related_name="imports"
    )
    network = models.ForeignKey(
        Network, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    kind = models.CharField(max_length=16)
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64)
    file_bytes = models.PositiveBigIntegerField(default=0)
    crs = models.CharField(max_length=60, blank=True)
    mapping = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    carried = models.BinaryField(default=bytes)  # parts of the file an export gives back
    state = models.CharField(max_length=16, default="read")
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["file_sha256"], name="import_file")]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return where the role must be held."""
        region = self.utility_service.region.kato
        if role in UTILITY_ROLES:
            return Scope(self.utility_service.organisation.code, region)
        return Scope(region=region)


class Node(models.Model):
    """A point where sections meet, begin or end."""

    code = models.CharField(max_length=16, unique=True, default=node_code)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="nodes")
    kind = models.CharField(max_length=12, choices=NodeKind.choices, default=NodeKind.JUNCTION)
    lon_deg = models.FloatField()
    lat_deg = models.FloatField()
    elevation_m = models.FloatField(null=True, blank=True)
    consumers = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=80, blank=True)
    raw = models.TextField(blank=True)  # JSON of what only the file's own format knows

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name or self.code


class Section(models.Model):
    """A piece of pipe or line between two nodes. See the package for what may change."""

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


class FailureCause(models.TextChoices):
    """Why a section failed."""

    CORROSION = "corrosion", _("corrosion")
    AGE = "age", _("wear")
    JOINT = "joint", _("joint or weld")
    GROUND = "ground", _("ground movement or frost")
    EXCAVATION = "excavation", _("damage by excavation")
    PRESSURE = "pressure", _("pressure surge")
    OVERLOAD = "overload", _("overload")
    WEATHER = "weather", _("weather")
    OTHER = "other", _("other")
    UNKNOWN = "unknown", _("unknown")


class FailureSource(models.TextChoices):
    """Who told of the failure."""

    CREW = "crew", _("crew")
    CALL = "call", _("call")
    SENSOR = "sensor", _("sensor")
    IMPORT = "import", _("imported register")


class Failure(models.Model):
    """A failure of a section."""

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
