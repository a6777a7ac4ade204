"""The verbs of incidents, outages and readings."""

from qaita.turmys.services.incidents import (
    Noticed,
    close_incident,
    confirm_incident,
    dismiss_incident,
    grow_incident,
    propose_incident,
    propose_incidents,
    repair_incident,
)
from qaita.turmys.services.meters import (
    NewMeter,
    compute_balances,
    compute_balances_due,
    open_district,
    register_meters,
)
from qaita.turmys.services.outages import (
    Closure,
    Times,
    announce_outage,
    announce_outages,
    cancel_outage,
    note_overdue_outages_due,
    restore_outage,
    restore_outages,
    start_outage,
    start_outages_due,
    update_outage,
)
from qaita.turmys.services.readings import take_readings

__all__ = [
    "Closure",
    "NewMeter",
    "Noticed",
    "Times",
    "announce_outage",
    "announce_outages",
    "cancel_outage",
    "close_incident",
    "compute_balances",
    "compute_balances_due",
    "confirm_incident",
    "dismiss_incident",
    "grow_incident",
    "note_overdue_outages_due",
    "open_district",
    "propose_incident",
    "propose_incidents",
    "register_meters",
    "repair_incident",
    "restore_outage",
    "restore_outages",
    "start_outage",
    "start_outages_due",
    "take_readings",
    "update_outage",
]
