"""Why the register says no."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Reason

FILED_ALREADY = Reason(
    "filed_already",
    _("The organisation or the register number has an entry or an application already."),
)
REASON_NEEDED = Reason("reason_needed", _("Say why: the producer must be able to answer."))
HAS_NO_PRODUCT = Reason(
    "has_no_product", _("An entry needs at least one product. Add a product, then enter it.")
)
FIRST_MISMATCH = Reason(
    "first_mismatch",
    _(
        "Exclusion follows a second mismatch that was not cured. Suspend the entry first and "
        "give the producer time to cure it."
    ),
)
