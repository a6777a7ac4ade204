"""Refusal codes and words of networks."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Fault, Reason, Wrong

NOT_YOURS = Reason(
    "not_your_role",
    _("Only an engineer of the utility that owns this network may do this."),
)
SAME_FILE = Reason(
    "same_file",
    _("This very file is already loaded for this service. Load a changed file or another one."),
)
NOT_ADJOINING = Reason(
    "not_adjoining",
    _("Only sections that follow one another without a branch can become one."),
)
BRANCH_BETWEEN = Reason(
    "branch_between",
    _("Another section hangs on a node that the line passes. End one line there, begin the next."),
)
NOT_ALIKE = Reason(
    "not_alike",
    _("Sections of different material, diameter, voltage or laying date cannot become one."),
)
TOO_FEW = Reason("too_few", _("Name at least two sections."))
OUTSIDE = Reason("outside", _("The place of the cut must lie inside the section."))
OTHER_NETWORK = Reason("other_network", _("All sections must belong to one network."))
IN_THE_FUTURE = Reason("in_the_future", _("This day has not come yet."))
HAS_FAULTS = Reason(
    "has_faults",
    _("The file still has faults, or is no longer the one that was read. Read it again."),
)
NO_WATER_SOURCE = Reason(
    "no_water_source",
    _("The network has no source, plant or tank, so it cannot be solved. Mark its source first."),
)
BAD_CAUSE = _("The cause is not in the list.")
BAD_CONSUMERS = _("The number of consumers is not a whole number of zero or more.")
REPAIRED_BEFORE = _("The repair cannot come before the failure.")
BAD_CONDITION = _("Give the condition as a number from 0 (new) to 1 (worn out).")


class FaultyNetwork(Wrong):
    """A network file or table with faults; nothing of it was stored."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__({"file": [fault.text for fault in self.faults[:20]]})
