"""What stands against renewing these sections now: other projects, warranty, dead plants."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from qaita.kernel.clock import DAYS_A_YEAR, years_before
from qaita.kernel.errors import Reason
from qaita.law import approvals
from qaita.networks.models import SOURCES, EquipmentUnit
from qaita.programme.models import Project
from qaita.programme.queries import live_projects_with, sections_cut_off

SHOWN = 5


def _named(codes: Iterable[str]) -> str:
    """Return the first codes, and how many more there are."""
    listed = sorted(codes)
    more = f" (+{len(listed) - SHOWN})" if len(listed) > SHOWN else ""
    return ", ".join(listed[:SHOWN]) + more


def overlap_reason(project: Project) -> Reason | None:
    """Name the other live projects that hold one of the sections."""
    others = live_projects_with(project.sections.all(), but=project)
    codes = list(others.values_list("code", flat=True))
    if not codes:
        return None
    return Reason(
        "overlap",
        _("Sections of this application are already in another project: %(codes)s. Leave them out.")
        % {"codes": _named(codes)},
    )


def warranty_reason(project: Project, *, on: date) -> Reason | None:
    """Name the sections that were laid so recently that their warranty still runs."""
    since = years_before(on, approvals(on=on).warranty_years)
    fresh = project.sections.filter(laid_on__gt=since, laid_imputed=False)
    codes = list(fresh.values_list("code", flat=True))
    if not codes:
        return None
    return Reason(
        "warranty",
        _("Under warranty, so mended by who laid them and not bought anew: %(codes)s.")
        % {"codes": _named(codes)},
    )


def _past_life(unit: EquipmentUnit, on: date) -> bool:
    if unit.installed_on is None or unit.norm_life_years is None:
        return False
    return (on - unit.installed_on).days > unit.norm_life_years * DAYS_A_YEAR


def _dead_plants(networks: set[int], on: date) -> list[str]:
    """Return the units of those networks all of whose source equipment is past its life."""
    units = EquipmentUnit.objects.filter(
        network__in=networks, node__kind__in=SOURCES, parent=None
    ).exclude(installed_on=None)
    by_network: dict[int, list[EquipmentUnit]] = {}
    for unit in units:
        by_network.setdefault(unit.network_id, []).append(unit)
    return [
        unit.name or unit.code
        for group in by_network.values()
        if all(_past_life(unit, on) for unit in group)
        for unit in group
    ]


def dependency_reason(project: Project, *, on: date) -> Reason | None:
    """Name what upstream is not alive.

    What the register knows is checked, and no more: that the equipment recorded at the sources of
    the network is not wholly past its norm life, and that sections in service join the sections of
    the application to a source. A network without recorded sources is not held against anybody.
    """
    sections = list(project.sections.all())
    networks = {section.network_id for section in sections}
    if dead := _dead_plants(networks, on):
        return Reason(
            "dead_source",
            _("All equipment at the source is past its life: %(units)s. Renew the plant first.")
            % {"units": _named(dead)},
        )
    cut = [
        code
        for network in sorted(networks)
        for code in sections_cut_off(network, [s for s in sections if s.network_id == network])
    ]
    if not cut:
        return None
    return Reason(
        "cut_off",
        _("No section in service joins these to a source: %(codes)s. Mend the network data first.")
        % {"codes": _named(cut)},
    )
