"""The closed list of roles. What a role may do stands in the state tables of the rooms."""

from django.utils.translation import gettext_lazy as _

ROLES = {
    "utility_engineer": _("Utility engineer"),
    "utility_head": _("Head of the utility"),
    "technical_operator": _("Technical operator"),
    "financial_operator": _("Financial operator"),
    "regulator": _("Regulator"),
    "akimat": _("Akimat"),
    "programme_office": _("Programme office"),
    "producer": _("Producer"),
    "supplier": _("Supplier"),
    "committee_member": _("Tender committee member"),
    "supervisor": _("Technical supervision"),
    "dispatcher": _("Dispatcher"),
    "call_operator": _("Call-centre operator"),
    "auditor": _("Auditor"),
    "sysadmin": _("System administrator"),
    "citizen": _("Citizen"),
    "clock": _("The calendar"),
    "system": _("The system"),
}
