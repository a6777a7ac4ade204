"""Legal parameters with dates and the working-day calendar: `tendering(on=day)` and so on."""

from qaita.law.acceptance import acceptance
from qaita.law.appeals import appeals
from qaita.law.approvals import approvals
from qaita.law.effects import effects
from qaita.law.funding import funding
from qaita.law.households import households
from qaita.law.in_country_value import in_country_value
from qaita.law.national_plan import national_plan
from qaita.law.outages import outages
from qaita.law.planning import planning
from qaita.law.readiness import readiness
from qaita.law.tax import tax
from qaita.law.tendering import tendering
from qaita.law.unit_prices import unit_prices
from qaita.law.wear import wear
from qaita.law.zones import zones

__all__ = [
    "acceptance",
    "appeals",
    "approvals",
    "effects",
    "funding",
    "households",
    "in_country_value",
    "national_plan",
    "outages",
    "planning",
    "readiness",
    "tax",
    "tendering",
    "unit_prices",
    "wear",
    "zones",
]
