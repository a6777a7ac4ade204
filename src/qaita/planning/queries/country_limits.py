"""The limits of a scenario as a file, and what a file of them says."""

from qaita.accounts.models import Organisation
from qaita.networks.models import Network, ServiceKind
from qaita.planning.national.limit_file import (
    Known,
    LimitFault,
    cells_of_file,
    limits_of_rows,
)
from qaita.planning.national.limits import CountryLimits
from qaita.territory.models import Region


def limits_in_file(
    name: str, content: bytes, *, this_year: int
) -> tuple[CountryLimits | None, list[LimitFault]]:
    """Return the limits that a CSV or XLSX file holds, or None and every fault with its row."""
    rows = cells_of_file(name, content)
    if isinstance(rows, LimitFault):
        return None, [rows]
    known = Known(
        frozenset(Organisation.objects.filter(kind="utility").values_list("code", flat=True)),
        frozenset(Region.objects.values_list("kato", flat=True)),
        frozenset(ServiceKind.values),
        frozenset(Network.objects.values_list("code", flat=True)),
        this_year,
    )
    return limits_of_rows(rows, known)
