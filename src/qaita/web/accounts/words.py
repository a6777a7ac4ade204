"""Words for kinds of organisations."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "utility": _("utility"),
    "technical_operator": _("technical operator"),
    "financial_operator": _("financial operator"),
    "regulator": _("regulator"),
    "akimat": _("akimat"),
    "programme_office": _("programme office"),
    "producer": _("producer"),
    "supplier": _("supplier"),
    "supervision": _("technical supervision"),
    "audit": _("audit body"),
    "operations": _("system operations"),
}
