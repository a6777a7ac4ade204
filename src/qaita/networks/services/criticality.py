"""Storing how much each section of a network carries."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import repeat

from django.db import transaction

from qaita.kernel.actor import Actor
from qaita.ledger.services import record
from qaita.networks.criticality.computing import figures_of
from qaita.networks.criticality.figures import Figures, Floats
from qaita.networks.models import Network, NetworkCriticality, SectionCriticality
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
    "lost_kw",
    "worst_load_percent",
    "least_voltage_percent",
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
    kept = NetworkCriticality.objects.create(
        network=network,
        computed_at=at,
        basis=found.basis,
        no_pressures=found.no_pressures,
        consumers=found.consumers,
        demand_m3h=found.demand_m3h,
        demand_kw=found.demand_kw,
        unsettled_count=found.unsettled,
    )
    insert_rows(SectionCriticality, COLUMNS, _rows(found, kept.pk))
    facts = {"sections": len(found.sections), "consumers": found.consumers}
    record("network.criticality", network.code, by=by, at=at, facts=facts)
    return kept


def _rows(found: Figures, owner: int) -> Iterable[tuple[object, ...]]:
    """Return the rows to store; figures are longer than the sections where there is no source."""
    percents = (None if x is None else 100.0 * x for x in (found.loading, found.least_voltage))
    columns = (found.lost_m3h, found.bound_m3h, found.lost_kw, *percents)
    return zip(
        found.sections,
        repeat(owner),
        [round(x) for x in found.off.tolist()],
        repeat(None) if found.shut is None else [round(x) for x in found.shut.tolist()],
        *map(_known, columns),
        found.method,
        strict=False,
    )


def _known(column: Floats | None) -> Iterable[float | None]:
    """Return a column with None where nothing is known."""
    if column is None:
        return repeat(None)
    return [None if x != x else x for x in column.tolist()]  # not a number
