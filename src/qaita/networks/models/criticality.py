"""How much each section carries: what its closure takes, and how that was found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qaita.networks.models.networks import Network
from qaita.networks.models.sections import Section


class Basis(models.TextChoices):
    """What the figures of a network rest on."""

    HYDRAULICS = "hydraulics", _("pressures")
    LOAD_FLOW = "load_flow", _("load flow")
    GRAPH = "graph", _("the way of the pipes")


class Method(models.TextChoices):
    """How the figure of one section was found."""

    GRAPH = "graph", _("by the way of the pipes")
    REGION = "region", _("by pressures around the section")
    WHOLE = "whole", _("by pressures in the whole network")
    LOAD = "load", _("by load flow")


class NoPressures(models.TextChoices):
    """Why pressures, or the load flow, were not computed."""

    NO_FILE = "no_file", _("the register holds no demands and source heads")
    SERVICE = "service", _("neither pressures nor load flow are computed for this service")
    SOURCE = "source", _("the network names no source")
    PUMP_CURVE = "pump_curve", _("a pump has a curve that is not understood")
    VALVE = "valve", _("a valve is of a kind that is not understood")
    EMITTERS = "emitters", _("emitters are not understood")
    LEAKAGE = "leakage", _("leakage by pressure is not understood")
    INFLOW = "inflow", _("a demand is below 0")
    HEADLOSS = "headloss", _("the formula of head loss is not understood")
    VALUES = "values", _("a value of the network makes no sense")
    SIZES = "sizes", _("the size or the voltage of a section is not known")
    PAIRS = "pairs", _("supply and return pipes are not drawn as pairs")
    LEVELS = "levels", _("voltages meet where no substation stands")
    NO_LOAD = "no_load", _("no node has consumers")
    WEAK = "weak", _("with usual loads the sizes given would not serve everybody even now")
    NOT_SETTLED = "not_settled", _("the pressures did not come to rest")


class NetworkCriticality(models.Model):
    """The last computation for a network."""

    network = models.OneToOneField(Network, on_delete=models.CASCADE, related_name="criticality")
    computed_at = models.DateTimeField()
    basis = models.CharField(max_length=12, choices=Basis.choices)
    no_pressures = models.CharField(max_length=12, choices=NoPressures.choices, blank=True)
    consumers = models.PositiveIntegerField(default=0)
    demand_m3h = models.FloatField(null=True, blank=True)
    demand_kw = models.FloatField(null=True, blank=True)  # of heat or electricity
    unsettled_count = models.PositiveIntegerField(default=0)  # closures that did not come to rest

    class Meta:
        ordering = ["network"]

    def __str__(self) -> str:
        return f"{self.network}: {self.basis}"


class SectionCriticality(models.Model):
    """What the closure of a section takes; a figure that was computed, not a fact."""

    section = models.OneToOneField(Section, on_delete=models.CASCADE, related_name="criticality")
    computation = models.ForeignKey(
        NetworkCriticality, on_delete=models.CASCADE, related_name="sections"
    )
    consumers_off = models.PositiveIntegerField()
    # with the nearest valves shut; None where the register knows no valves
    shut_consumers = models.PositiveIntegerField(null=True, blank=True)
    lost_m3h = models.FloatField(null=True, blank=True)
    # how far lost_m3h may be off: 0 where exact; around a section an allowance, not a proof
    bound_m3h = models.FloatField(null=True, blank=True)
    lost_kw = models.FloatField(null=True, blank=True)  # of heat or electricity
    # before anybody is switched off: the worst line in percent of what it may carry, and the
    # lowest voltage in percent of the rated one; None where nothing gets worse
    worst_load_percent = models.FloatField(null=True, blank=True)
    least_voltage_percent = models.FloatField(null=True, blank=True)
    method = models.CharField(max_length=8, choices=Method.choices)

    class Meta:
        ordering = ["-consumers_off", "section"]
        indexes = [models.Index(fields=["computation", "-consumers_off"], name="criticality_order")]

    def __str__(self) -> str:
        return f"{self.section}: {self.consumers_off}"
