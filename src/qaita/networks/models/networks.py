"""Services of utilities, their networks, imports and nodes."""

from django.db import models

from qaita.accounts.models import Organisation
from qaita.accounts.roles import UTILITY_ROLES
from qaita.kernel.actor import Scope
from qaita.networks.models.kinds import (
    NodeKind,
    ServiceKind,
    import_code,
    network_code,
    node_code,
    utility_service_code,
)
from qaita.territory.models import Region, Settlement


class UtilityService(models.Model):
    """One service of one utility in one region."""

    LEDGERED = "organisation service region"

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

    LEDGERED = "utility_service region settlement population"

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

    LEDGERED = "utility_service network kind file_sha256 file_bytes crs counts"
    LEDGER_WITH = "network"

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
