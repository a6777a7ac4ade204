"""Words for the steps of a project, its documents and its money."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

ACTIONS: dict[str, Text] = {
    "draft": _("Application begun"),
    "submit": _("Application signed and submitted"),
    "check_technically": _("Technical solutions agreed"),
    "check_financially": _("Financing agreed"),
    "agree_tariff": _("Tariff agreed"),
    "confirm": _("Project confirmed"),
    "return": _("Returned with remarks"),
    "refuse": _("Refused"),
    "begin_procurement": _("Tender announced"),
    "reopen": _("Tender came to nothing"),
    "mark_ready": _("Contract signed"),
    "begin_works": _("Works begun"),
    "complete": _("Renewal accepted"),
    "extend": _("Term extended"),
    "revise_estimate": _("Estimate revised"),
    "estimate": _("Effect on the bill computed"),
    "sign": _("Document signed"),
}
VERBS: dict[str, Text] = {
    "submit": _("Sign and submit"),
    "check_technically": _("Agree the technical solutions"),
    "check_financially": _("Agree the financing"),
    "agree_tariff": _("Agree the tariff"),
    "confirm": _("Confirm the project"),
    "return": _("Return with remarks"),
    "refuse": _("Refuse"),
}
DOCUMENTS: dict[str, Text] = {
    "design_brief": _("Application with the design brief"),
    "technical_conclusion": _("Technical conclusion"),
    "financial_conclusion": _("Financial conclusion"),
    "tariff_conclusion": _("Tariff conclusion"),
    "confirmation": _("Confirmation"),
    "remarks": _("Remarks"),
    "refusal": _("Refusal"),
}
INSTRUMENTS: dict[str, Text] = {
    "loan": _("Loan"),
    "bond": _("Local government bond"),
    "budget": _("Budget"),
    "own": _("The utility's own money"),
    "tariff": _("Tariff"),
}


def word_of(words: dict[str, Text], code: Any) -> Text:
    """Return the words of a code, or the code itself."""
    return words.get(str(code), str(code))
