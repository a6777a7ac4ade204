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
LOST_FILES = Reason(
    "lost_files",
    _(
        "Files of this plan are missing, or an older version of Qaita wrote them, so nothing can "
        "begin from it. Compute the plan anew from its scenario, then ask again."
    ),
)
NO_SWAP_REASON = _("Write down why: everybody reads it beside the plan.")
LONG_REASON = _("Say it in at most two thousand characters.")
NOTHING_SWAPPED = _("Nothing changes: give at least one package another option.")
MANY_SWAPPED = _("At most fifty packages are changed at once.")
FAR_YEARS = _("Enter years that follow one another: fifty at most.")
OTHER_AGE = _("Enter years from this one on, fifty at most ahead.")
STRAY_YEARS = _(
    "Figures are given for years that are not in the plan: enter them or take them out."
)
NO_PLANT_YEAR = _("Enter the year of a plant in full, fifty years at most ahead.")
NO_YEARS = _("Enter the money of at least one year.")

OTHER_PACKAGES = _(
    "Years, domestic shares, goods or plants are other ones: such a plan begins anew, not from "
    "this run."
)


def unknown_package(code: str) -> Text:
    """Return the sentence about a package that the plan does not know."""
    return _("The plan knows no package %(code)s.") % {"code": code}


def impossible_option(code: str) -> Text:
    """Return the sentence about something that cannot be done with a package."""
    return _("This cannot be done with package %(code)s in this plan.") % {"code": code}


def held_package(code: str, project: str) -> Reason:
    """Return the refusal to change what a live project already holds."""
    return Reason(
        "held_package",
        _("Package %(code)s is held by project %(project)s: it cannot be changed any more.")
        % {"code": code, "project": project},
    )


def gone_sections(code: str, sections: str) -> Reason:
    """Return the refusal to renew what is not there any more."""
    return Reason(
        "gone_sections",
        _("Sections of package %(code)s are not in service any more: %(sections)s.")
        % {"code": code, "sections": sections},
    )


def broken_limit(sentence: str) -> Reason:
    """Return the refusal of a change that breaks a limit."""
    return Reason("limit_broken", _("A limit would be broken. %(limit)s.") % {"limit": sentence})


def bad_number() -> Text:
    """Return the sentence about a figure that cannot be."""
    return _("Enter figures that are not negative.")


class FaultyPlan(RuntimeError):
    """The checker found a fault in a plan of ours: nothing is stored."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))
