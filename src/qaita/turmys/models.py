"""Tables of incidents, outages, meters and balances."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qaita.kernel.actor import Scope
from qaita.kernel.ids import new_code
from qaita.networks.models import FailureCause, Network, Section, ServiceKind


def incident_code() -> str:
    """Return a fresh public code of an incident."""
    return new_code("IC")


def outage_code() -> str:
    """Return a fresh public code of an outage."""
    return new_code("OT")


def meter_code() -> str:
    """Return a fresh public code of a meter."""
    return new_code("MT")


def district_code() -> str:
    """Return a fresh public code of a metering district."""
    return new_code("DS")


def batch_code() -> str:
    """Return a fresh public code of a file of readings."""
    return new_code("RB")


class IncidentSource(models.TextChoices):
    """Who noticed."""

    CALL = "call", _("appeals of citizens")
    SENSOR = "sensor", _("sensor")
    CREW = "crew", _("crew")


class OutageKind(models.TextChoices):
    """Whether the outage was planned."""

    PLANNED = "planned", _("planned outage")
    EMERGENCY = "emergency", _("emergency outage")


class OutageReason(models.TextChoices):
    """Why supply goes off."""

    FAILURE = "failure", _("failure of the network")
    REPAIR = "repair", _("repair")
    RENEWAL = "renewal", _("renewal of the network")
    CONNECTION = "connection", _("connection of a new consumer")
    TESTING = "testing", _("pressure test before the heating season")
    MAINTENANCE = "maintenance", _("maintenance")


class NoticeKind(models.TextChoices):
    """What a notice does to the one before it; the names are those of CAP 1.2."""

    ALERT = "alert", _("first notice")
    UPDATE = "update", _("change")
    CANCEL = "cancel", _("end")


class MeterRole(models.TextChoices):
    """What a meter measures for its district."""

    SUPPLY = "supply", _("what enters the district")
    CONSUMER = "consumer", _("what a consumer takes")
    EXPORT = "export", _("what leaves the district")


class Incident(models.Model):
    """Something broke, or seems to have."""

    LEDGERED = (
        "source network section service cause appeals_count consumers_off failure_code "
        "noticed_at confirmed_at repaired_at closed_at"
    )

    code = models.CharField(max_length=16, unique=True, default=incident_code)
    state = models.CharField(max_length=12, default="proposed")
    source = models.CharField(max_length=8, choices=IncidentSource.choices)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="incidents")
    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, null=True, blank=True, related_name="incidents"
    )
    service = models.CharField(max_length=10, choices=ServiceKind.choices)
    region_kato = models.CharField(max_length=2)
    lon_deg = models.FloatField()
    lat_deg = models.FloatField()
    cause = models.CharField(max_length=12, choices=FailureCause.choices, default="unknown")
    appeals_count = models.PositiveIntegerField(default=0)
    consumers_off = models.PositiveIntegerField(default=0)
    failure_code = models.CharField(max_length=16, blank=True)
    noticed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    repaired_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-noticed_at", "-id"]
        indexes = [models.Index(fields=["state", "network"], name="incident_state")]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return where the role must be held."""
        return self.network.scope_for(role)


class Outage(models.Model):
    """Supply is off, or will be, for those behind what is closed."""

    LEDGERED = (
        "kind reason network incident closed_sections closed_nodes valves sections "
        "radius_m consumers_off is_traced project_code law_on announced_at starts_at expected_at "
        "overdue_at started_at restored_at cancelled_at"
    )

    code = models.CharField(max_length=16, unique=True, default=outage_code)
    state = models.CharField(max_length=12, default="announced")
    kind = models.CharField(max_length=10, choices=OutageKind.choices)
    reason = models.CharField(max_length=12, choices=OutageReason.choices)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="outages")
    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, null=True, blank=True, related_name="outages"
    )
    closed_sections = models.ManyToManyField(Section, related_name="closures")
    closed_nodes = models.JSONField(default=list)  # codes of nodes closed by hand
    valves = models.JSONField(default=list)  # codes of the valve nodes that shut the place in
    sections = models.ManyToManyField(Section, related_name="outages")  # without supply
    service = models.CharField(max_length=10, choices=ServiceKind.choices)
    region_kato = models.CharField(max_length=2)
    place_kk = models.CharField(max_length=300)
    place_ru = models.CharField(max_length=300)
    place_en = models.CharField(max_length=300)
    lon_deg = models.FloatField()  # middle of what is off
    lat_deg = models.FloatField()
    radius_m = models.FloatField()
    consumers_off = models.PositiveIntegerField(default=0)
    is_traced = models.BooleanField(default=True)  # False: the network names no source
    project_code = models.CharField(max_length=16, blank=True)
    law_on = models.DateField()
    announced_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    expected_at = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True, blank=True)  # the promised time passed
    started_at = models.DateTimeField(null=True, blank=True)
    restored_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_at", "-id"]
        indexes = [models.Index(fields=["state", "starts_at"], name="outage_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expected_at__gt=models.F("starts_at")),
                name="outage_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return where the role must be held."""
        return self.network.scope_for(role)


class Notice(models.Model):
    """What was told to the public about an outage, in order; each is one CAP message."""

    LEDGERED = "number kind sent_at outage_state starts_at expected_at consumers_off"
    LEDGER_OF = "outage"

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="notices")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=NoticeKind.choices)
    sent_at = models.DateTimeField()
    outage_state = models.CharField(max_length=12)
    starts_at = models.DateTimeField()
    expected_at = models.DateTimeField()
    consumers_off = models.PositiveIntegerField()

    class Meta:
        ordering = ["outage", "number"]
        constraints = [
            models.UniqueConstraint(fields=["outage", "number"], name="notice_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.outage}.{self.number}"


class MeteringDistrict(models.Model):
    """A part of a network whose inflow and use are both measured."""

    LEDGERED = "network"

    code = models.CharField(max_length=16, unique=True, default=district_code)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="districts")
    name_kk = models.CharField(max_length=200)
    name_ru = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_en

    def scope_for(self, role: str) -> Scope:
        """Return where the role must be held."""
        return self.network.scope_for(role)


class Meter(models.Model):
    """A meter; whose it is stays with the utility. The lake knows it by its row key."""

    LEDGERED = "code role serial register_no rollover_value"
    LEDGER_OF = "district"

    code = models.CharField(max_length=16, unique=True, default=meter_code)
    district = models.ForeignKey(MeteringDistrict, on_delete=models.PROTECT, related_name="meters")
    role = models.CharField(max_length=10, choices=MeterRole.choices, default="consumer")
    serial = models.CharField(max_length=40)
    register_no = models.PositiveSmallIntegerField(default=1)  # short code of the OBIS register
    rollover_value = models.BigIntegerField(default=0)  # where the dial turns to zero; 0: never

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["district", "serial"], name="meter_serial_once")
        ]

    def __str__(self) -> str:
        return self.code


class ReadingBatch(models.Model):
    """One file of readings as it was taken: how many rows went where."""

    LEDGERED = (
        "network source sequence_no lake_no file_sha256 taken_count quarantined_count reasons "
        "taken_at"
    )

    code = models.CharField(max_length=16, unique=True, default=batch_code)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="reading_batches")
    source = models.CharField(max_length=40)
    sequence_no = models.PositiveBigIntegerField()
    lake_no = models.BigIntegerField()  # how the lake's tables name this file
    file_sha256 = models.CharField(max_length=64)
    taken_count = models.PositiveIntegerField(default=0)
    quarantined_count = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=dict)  # reason → rows
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-taken_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "source", "sequence_no"], name="reading_batch_once"
            )
        ]

    def __str__(self) -> str:
        return self.code


class DistrictBalance(models.Model):
    """What entered a district in a month, what was billed, what was lost, in base units."""

    LEDGERED = (
        "month_on unit supply_value billed_value losses_value meters_count silent_count "
        "lake_version"
    )
    LEDGER_OF = "district"

    district = models.ForeignKey(
        MeteringDistrict, on_delete=models.PROTECT, related_name="balances"
    )
    month_on = models.DateField()  # first day of the month
    unit = models.CharField(max_length=4)  # l, Wh or kJ
    supply_value = models.BigIntegerField()
    billed_value = models.BigIntegerField()
    losses_value = models.BigIntegerField()  # supply − billed; below zero shows a fault of meters
    meters_count = models.PositiveIntegerField()
    silent_count = models.PositiveIntegerField()  # meters without readings around the month
    lake_version = models.PositiveBigIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["district", "-month_on"]
        constraints = [
            models.UniqueConstraint(fields=["district", "month_on"], name="balance_month_once")
        ]

    def __str__(self) -> str:
        return f"{self.district} {self.month_on}"
