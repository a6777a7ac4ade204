"""Refusals of planning."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Reason, Text

NO_PACKAGES = Reason(
    "no_packages",
    _("There are no packages yet: form them from the network's needs first."),
)
NO_BUDGET = Reason("no_budget", _("The scenario has no budget in any year: enter one first."))
OLD_PACKAGES = Reason(
    "old_packages",
    _("The packages were formed anew after this run: run the scenario again first."),
)
NOT_PLANNER = Reason(
    "not_your_role",
    _("Only the utility's engineer or head, or the programme office, plans for this utility."),
)
NOT_OFFICE = Reason(
    "not_your_role",
    _("Only the programme office plans for the whole country."),
)
FAR_YEARS = _("Enter years that follow one another: fifty at most.")
NO_YEARS = _("Enter the money of at least one year.")


def bad_number() -> Text:
    """Return the sentence about a figure that cannot be."""
    return _("Enter figures that are not negative.")


class FaultyPlan(RuntimeError):
    """The checker found a fault in a plan of ours: nothing is stored."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))
