"""Services of utilities and the equipment of their networks."""

from datetime import datetime

from django.db import transaction

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Actor, Scope
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Wrong
from qaita.kernel.ids import derived_code
from qaita.ledger.services import record
from qaita.networks.errors import IN_THE_FUTURE, OTHER_NETWORK
from qaita.networks.models import EquipmentUnit, UtilityService
from qaita.networks.states import ENGINEERS, require_role
from qaita.territory.models import Region

REGISTRARS = ("programme_office", "sysadmin", "system")


def register_utility_service(
    organisation: Organisation, *, service: str, region: Region, by: Actor, at: datetime
) -> UtilityService:
    """Enter that a utility gives a service in a region; again changes nothing."""
    require_role("utility_service.register", by, REGISTRARS, Scope(region=region.kato))
    code = derived_code("US", organisation.code, service, region.kato)
    with transaction.atomic():
        row, is_new = UtilityService.objects.get_or_create(
            organisation=organisation, service=service, region=region, defaults={"code": code}
        )
        if is_new:
            facts = {"organisation": organisation, "service": service, "region": region.kato}
            record("utility_service.register", row.code, by=by, at=at, facts=facts)
    return row


def install_equipment(unit: EquipmentUnit, *, by: Actor, at: datetime) -> EquipmentUnit:
    """Enter a unit of equipment (not yet saved), alone or as a part of another."""
    scope = unit.network.scope_for("utility_engineer")
    require_role("equipment.install", by, ENGINEERS, scope)
    facts = {"network": unit.network, "kind": unit.kind, "installed_on": unit.installed_on}
    if unit.parent is not None:
        facts["parent"] = unit.parent
    if unit.installed_on and unit.installed_on > day_of(at):
        raise Wrong({"installed_on": [IN_THE_FUTURE.text]})
    if unit.parent is not None and unit.parent.network_id != unit.network_id:
        raise Wrong({"parent": [OTHER_NETWORK.text]})
    with transaction.atomic():
        unit.save(force_insert=True)
        record("equipment.install", unit.code, by=by, at=at, facts=facts)
    return unit
