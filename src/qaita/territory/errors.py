"""What can go wrong with places."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Reason

NO_SOURCE = Reason(
    "territory_no_source",
    _("The packages with borders and towns are not installed. Run ./qaita up once more."),
)
NOT_YOUR_ROLE = Reason(
    "territory_not_your_role", _("Only the system or its administrator loads the territory.")
)
