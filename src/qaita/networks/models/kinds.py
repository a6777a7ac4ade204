"""Codes and kinds of the things of networks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qaita.kernel.ids import new_code

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
