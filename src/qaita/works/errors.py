"""What works refuses, and the words for it."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Reason

NO_SIGNED_CONTRACT = Reason(
    "no_signed_contract", _("A site opens only for a signed contract. Sign the contract first.")
)
SITE_EXISTS = Reason("site_exists", _("This contract already has its site."))
NO_FREE_SECTIONS = Reason(
    "no_free_sections",
    _("The sections are not the project's, or another site has them already."),
)
NOT_ON_SITE = Reason(
    "not_on_site", _("These sections do not belong to the site. Choose sections of this site.")
)
ALREADY_COVERED = Reason(
    "already_covered",
    _("A laid line already covers one of these sections. Withdraw it before giving another."),
)
IN_AN_ACT = Reason("in_an_act", _("An act holds this line. Send the act back first."))
NOT_RUNNING = Reason(
    "not_running", _("The site is not running. Works are reported only while it runs.")
)
OVER_CONTRACT = Reason(
    "over_contract",
    _("The measured total would exceed the contract's quantity. Amend the contract first."),
)
OVER_ESTIMATE = Reason(
    "over_estimate", _("The contract's quantity exceeds the estimate. Mend the bill of quantities.")
)
LENGTH_IS_MEASURED = Reason(
    "length_is_measured",
    _("Length is never typed: it comes from the geometry of the line as laid."),
)
NO_LINE = Reason("no_line", _("There is no laid line to accept. Give the line as laid first."))
OFF_DESIGN = Reason(
    "off_design",
    _("The laid line departs from the design by more than the tolerance. Correct it or relay."),
)
LENGTH_DIFFERS = Reason(
    "length_differs",
    _("The length differs from the design by more than the tolerance. Split or amend the design."),
)
WRONG_DIAMETER = Reason(
    "wrong_diameter", _("The diameter differs from the design by more than the tolerance.")
)
WRONG_MATERIAL = Reason(
    "wrong_material", _("The material is not the one in the contract. Amend the contract first.")
)
CHECK_MISSING = Reason(
    "check_missing",
    _("A required check is missing or not passed: pressure test, hidden works or flushing."),
)
PHOTO_MISSING = Reason(
    "photo_missing",
    _("Pictures from the place are missing for a stage: before, during and after are required."),
)
PERMIT_OPEN = Reason(
    "permit_open", _("A dig permit is still open. Restore the surface and close the permit first.")
)
NOT_ALL_SIGNED = Reason(
    "not_all_signed",
    _("Signatures are missing. The utility, the contractor and the supervision must all sign."),
)
SECTIONS_LEFT = Reason("sections_left", _("Some sections of the site are not accepted yet."))
ALREADY_SIGNED = Reason("already_signed", _("This side has signed already."))
NOT_IN_SIGNING = Reason("not_in_signing", _("This act is not open for signing."))
