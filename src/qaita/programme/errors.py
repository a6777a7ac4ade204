"""Refusals of the programme."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Reason

NO_SECTIONS = Reason("no_sections", _("The application names no section: choose some first."))
NOT_FUNDED = Reason(
    "not_funded",
    _("The promised money does not cover the estimate: commit the missing part first."),
)
NO_TARIFF = Reason(
    "no_tariff",
    _("The effect on a household's bill has not been computed: compute it first."),
)
NOT_ACCEPTED = Reason(
    "not_accepted",
    _("No section of this project has been accepted as renewed, so it cannot be done."),
)
NOTHING_RUNS = Reason("no_clock", _("No term is running for this project."))
STILL_IN_TIME = Reason("still_in_time", _("The term has not ended: there is nothing to extend."))
NOT_APPLICANT = Reason(
    "not_your_role", _("Only the utility's engineer or head applies for this utility.")
)
NOT_OFFICE = Reason("not_your_role", _("Only the programme office extends a term."))
CLOSED = Reason(
    "project_closed", _("The project is done or refused: its estimate is not changed any more.")
)
NOT_PUBLISHER = Reason(
    "not_your_role",
    _("Only the programme office or the system publishes the programme's figures."),
)
NOT_IN_FORCE = Reason(
    "not_in_force",
    _("This plan of the country is not in force any more: look at the one that is."),
)
NOT_OFFERED = _("Choose packages that the plan gives this utility and that nobody applied for.")
NO_REMARKS = _("Say what is to be mended: an application is never returned without remarks.")
NO_REASON = _("Give the reason: everybody sees it.")
WRONG_COST = _("Enter the cost in tenge, more than nothing.")
WRONG_YEAR = _("Enter the year of the works, this year or later.")
NOT_YOUR_SECTIONS = _(
    "Choose sections in service of one network service and region of this utility."
)
