"""What appeals refuse, and the words for it."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Reason

CALL_104 = Reason(
    "call_104",
    _(
        "If you smell gas: do not touch switches or flames, open the windows, leave, and call 104 "
        "from outside. Report it here only after you have called."
    ),
)
NOT_YOURS = Reason(
    "not_your_appeal",
    _("This appeal is answered by another organisation. Ask them, or wait until it is forwarded."),
)
FORWARD_TERM_OVER = Reason(
    "forward_term_over",
    _("The legal term for forwarding is over. Answer the appeal yourself."),
)
SAME_ORGANISATION = Reason(
    "same_organisation", _("The appeal is with this organisation already. Choose another one.")
)
EXTENDED_ALREADY = Reason(
    "extended_already", _("The term was extended once already. Answer by the day that was told.")
)
TERM_OVER = Reason(
    "term_over", _("The term is over already, so it cannot be extended. Answer now.")
)
TOO_LATE_TO_REOPEN = Reason(
    "too_late_to_reopen",
    _("The time to reopen this appeal is over. File a new one and name this code in it."),
)
TOO_MANY_REOPENS = Reason(
    "too_many_reopens",
    _("This appeal was reopened as often as the rules allow. You may complain to the akimat."),
)
NOT_ANSWERED = Reason("not_answered", _("The appeal can be rated after it was answered."))
STILL_REOPENABLE = Reason(
    "still_reopenable",
    _("The person may still reopen the appeal. It closes when that time is over."),
)
PRIVATE_WORDS = _(
    "The public wording holds a telephone number, an e-mail address or words of the person's "
    "contact. Remove them: everybody will read this."
)
NO_WORDS = _("Say what happened in a few words.")
TOO_LONG = _("Please use fewer words: at most %(limit)s characters.")
NO_PLACE = _("Say where: choose a settlement, or give coordinates from a map.")
NOT_HERE = _("This point lies outside the country. Check the coordinates.")
BAD_PHONE = _("Write the telephone number with 10 to 15 digits, for example +7 701 000 00 00.")
BAD_EMAIL = _("Check the e-mail address.")
UNKNOWN_CATEGORY = _("Choose what the appeal is about.")
NO_ANSWER = _("Write the answer.")
BAD_RATING = _("Choose a mark from 1 to %(top)s.")
NO_REASON = _("Say why, so that the person understands.")
