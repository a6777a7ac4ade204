"""Storing how much each section of a network carries."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from qaita.kernel.actor import Actor
from qaita.ledger.services import record
from qaita.networks.criticality.figures import Figures, figures_of
from qaita.networks.models import Basis, Network, NetworkCriticality, SectionCriticality
from qaita.networks.states import ENGINEERS, require_role
from qaita.networks.storing import insert_rows

Told = Callable[[float, str], None]
COLUMNS = (
    "section",
    "computation",
    "consumers_off",
    "shut_consumers",
    "lost_m3h",
    "bound_m3h",
    "method",
)


def compute_criticality(
    network: Network, *, by: Actor, at: datetime, told: Told | None = None
) -> NetworkCriticality:
    """Compute and keep what the closure of each living section takes; older figures go.

    `told` hears how far it is (0…1) and at which stage, and may stop it by raising.
    """
    require_role("criticality", by, ENGINEERS, network.scope_for("utility_engineer"))
    tell = told or _tell_nobody
    tell(0.1, "computing")
    found = figures_of(network)
    tell(0.8, "storing")
    return _keep(network, found, by=by, at=at)


def _tell_nobody(share: float, stage: str) -> None:
    """Keep silent."""


@transaction.atomic
def _keep(network: Network, found: Figures, *, by: Actor, at: datetime) -> NetworkCriticality:
    """Put the figures in the place of the older ones."""
    NetworkCriticality.objects.filter(network=network).delete()
    has_pressures = found.lost_m3h is not None
    kept = NetworkCriticality.objects.create(
        network=network,
        computed_at=at,
        basis=Basis.HYDRAULICS if has_pressures else Basis.GRAPH,
        no_pressures=found.no_pressures,
        consumers=found.consumers,
        demand_m3h=found.demand_m3h,
        unsettled_count=found.unsettled,
    )
    count = len(found.sections)
    nothing: list[float | None] = [None] * count
    shut = nothing if found.shut is None else [round(x) for x in found.shut.tolist()]
    lost = nothing if found.lost_m3h is None else found.lost_m3h.tolist()
    bound = nothing if found.bound_m3h is None else found.bound_m3h.tolist()
    off = [round(x) for x in found.off.tolist()]
    owner = [kept.pk] * count
    # figures are as long as the sections, or longer where the network names no source
    rows = zip(found.sections, owner, off, shut, lost, bound, found.method, strict=False)
    insert_rows(SectionCriticality, COLUMNS, rows)
    facts = {"sections": count, "consumers": found.consumers}
    record("network.criticality", network.code, by=by, at=at, facts=facts)
    return kept
