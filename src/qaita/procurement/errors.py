"""Why procurement says no."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Reason

NO_LOTS = Reason("no_lots", _("The tender has no lot. Add what is to be bought, then announce it."))
NO_COMMITTEE = Reason(
    "no_committee",
    _("The committee needs at least as many members with keys as are to open a bid together."),
)
CLOSES_TOO_SOON = Reason(
    "closes_too_soon",
    _("The closing is nearer than the law allows. Choose a later closing."),
)
OVER_APPROVAL = Reason(
    "over_approval",
    _("The lots ask for more metres or more money than the project was approved for."),
)
PROJECT_NOT_CONFIRMED = Reason(
    "project_not_confirmed",
    _("The project is not confirmed yet. A tender follows the confirmation."),
)
NOT_OPEN = Reason("not_open", _("The tender does not take bids or questions now."))
LATE = Reason("late", _("The closing time has passed. A late bid is not taken."))
QUESTIONS_OVER = Reason(
    "questions_over", _("The time for questions is over. The closing is too near to answer.")
)
NOT_CLOSED_YET = Reason("not_closed_yet", _("The closing time has not come yet."))
UNANSWERED = Reason(
    "unanswered_question",
    _("A question has no answer yet. Answer every question, then the tender can close."),
)
DOUBLE_BID = Reason(
    "double_bid",
    _("There is a bid of yours for this lot already. Withdraw it first if you want another."),
)
AFFILIATE = Reason(
    "affiliate", _("An affiliated organisation has bid for this lot. Only one of you may.")
)
BUYER_BIDS = Reason("buyer_bids", _("The buyer cannot bid in its own tender."))
DEBARRED = Reason("debarred", _("The organisation is in the bad-faith register at present."))
NOT_ON_COMMITTEE = Reason("not_on_committee", _("You are not a member of this tender's committee."))
NOT_ALL_JUDGED = Reason(
    "not_all_judged", _("Some bids are neither admitted nor rejected. Judge every bid first.")
)
NONE_ADMITTED = Reason("none_admitted", _("No bid was admitted. The tender ends without a result."))
SOME_ADMITTED = Reason("some_admitted", _("There are bids to go on with."))
TOO_FEW_SHARES = Reason(
    "too_few_shares",
    _("Too few members gave their shares. Prices stay sealed until enough of them do."),
)
NOT_ADMITTED_YET = Reason(
    "not_admitted_yet",
    _("Shares are taken only after the closing and the admission of bidders."),
)
SHARE_GIVEN = Reason("share_given", _("Your share for this bid has been taken already."))
FALSE_SHARE = Reason(
    "false_share", _("The share does not belong to this bid: its hash is not the one announced.")
)
NO_VALID_BID = Reason("no_valid_bid", _("No opened bid is valid for this lot."))
ABOVE_ESTIMATE = Reason("above_estimate", _("Every price lies above the lot's estimate."))
ALREADY_AWARDED = Reason("already_awarded", _("An award for this lot stands already."))
NO_AWARD_STANDS = Reason("no_award_stands", _("No award stands for this lot."))
STANDSTILL = Reason(
    "standstill", _("The days in which bidders may complain are not over. Sign after them.")
)
TOO_FEW_BIDS = Reason(
    "too_few_bids",
    _("Fewer bids came for this lot than the law asks for. It ends without a result."),
)
DUMPING = Reason(
    "dumping",
    _(
        "The price lies so far below the estimate that the law calls it dumping."
        " Write why it can be trusted; everybody will read it."
    ),
)
COMPLAINT_OPEN = Reason(
    "complaint_open", _("A complaint is being considered. Nothing is signed until it is decided.")
)
COMPLAINT_LATE = Reason("complaint_late", _("The days in which a complaint can be filed are over."))
COMPLAINT_FILED = Reason(
    "complaint_filed",
    _("Your complaint about this award is filed already and waits for a decision."),
)
NOT_A_BIDDER = Reason("not_a_bidder", _("Only those who bid for the lot may complain."))
DECISION_NEEDED = Reason("decision_needed", _("Say why: both sides must be able to read it."))
UNKNOWN_GROUND = Reason(
    "unknown_ground", _("This is not a ground on which the law lets a contract be changed.")
)
OVER_CAP = Reason(
    "over_cap",
    _("All changes together would pass the cap the law sets. A new tender is needed."),
)
NOT_THE_SAME_KEYS = Reason(
    "not_the_same_keys", _("The bid is sealed to other keys than the committee announced.")
)
WRONG_ENVELOPE = Reason(
    "wrong_envelope",
    _("The sealed bid is damaged or of another format. Seal it again and send it again."),
)
OTHER_BIDDER = Reason(
    "other_bidder", _("The bid is sealed for another bidder, tender or lot than it was sent for.")
)
ENVELOPE_TOO_LARGE = Reason("envelope_too_large", _("The sealed bid is larger than allowed."))
