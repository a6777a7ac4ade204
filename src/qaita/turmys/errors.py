"""What the room of incidents, outages and readings refuses, and the words for it."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Reason

NOT_YOURS = Reason(
    "not_your_role", _("This step belongs to the dispatcher of the utility that runs the network.")
)
NO_PLACE = Reason("no_place", _("Say what is closed: a section or valves of one network."))
TWO_NETWORKS = Reason(
    "two_networks", _("Everything closed must belong to one network. Announce one outage for each.")
)
SHORT_NOTICE = Reason(
    "short_notice",
    _(
        "A planned outage must be announced earlier before its start. "
        "Move the start, or announce an emergency."
    ),
)
ENDS_BEFORE_START = _("Supply must come back after it goes off. Check both times.")
ALREADY_PAST = _("This time has passed already. Give a time that is still to come.")
OUTAGE_OVER = Reason("outage_over", _("This outage is over; its times are history."))
TOO_EARLY = Reason("too_early", _("The outage begins later. Wait until its start."))
NO_SECTION = Reason(
    "no_section", _("The incident is not tied to a section yet. Choose the section first.")
)
NOT_REPAIRED = Reason(
    "still_off", _("An outage of this incident still runs. Restore supply first.")
)
SEQUENCE_BELOW_ZERO = _("The number of the file must be zero or more.")
OLD_SEQUENCE = _("The number must be greater than the last one of this source: %(last)s.")
NO_HEADER = _(
    "The first row must name the columns meter, register, at, value. "
    "Take the template and try again."
)
NOT_TEXT = _("The file is not text in UTF-8. Save it as CSV in UTF-8 and try again.")
NO_ROWS = _("The file holds no readings.")
TOO_LARGE = _(
    "The file is larger than allowed. Divide it and send the parts with numbers of their own."
)
