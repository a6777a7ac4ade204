"""Refusals of planning."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Reason

NO_PACKAGES = Reason(
    "no_packages",
    _("There are no packages yet: form them from the network's needs first."),
)
NO_BUDGET = Reason("no_budget", _("The scenario has no budget in any year: enter one first."))
NOT_SOLVED = Reason("not_solved", _("This run found no plan, so there is nothing to adopt."))
OLD_PACKAGES = Reason(
    "old_packages",
    _("The packages were formed anew after this run: run the scenario again first."),
)
