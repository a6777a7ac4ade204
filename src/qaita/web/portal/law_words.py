"""Words for topics and codes of legal values."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext

TOPICS = {
    "acceptance": _("Acceptance of works"),
    "appeals": _("Appeals"),
    "approvals": _("Applications and approvals"),
    "effects": _("Effect of works"),
    "funding": _("Money and tariffs"),
    "households": _("Households"),
    "in_country_value": _("In-country value and the producers' register"),
    "outages": _("Outages"),
    "national_plan": _("National plan"),
    "planning": _("Planning"),
    "readiness": _("Readiness for winter"),
    "tax": _("Taxes and indices"),
    "tendering": _("Tenders and contracts"),
    "unit_prices": _("Unit prices"),
    "wear": _("Norm lives and ageing"),
    "zones": _("Wear zones"),
}

# the parts of the system that act on rules
ROOMS = {
    "appeals": _("Appeals"),
    "effects": _("Effect of works"),
    "funding": _("Money and tariffs"),
    "networks": _("Networks and their wear"),
    "planning": _("Planning"),
    "procurement": _("Tenders and contracts"),
    "producers": _("Register of producers"),
    "programme": _("Applications and approvals"),
    "turmys": _("Outages and meters"),
    "works": _("Works and their acceptance"),
}

WORDS = {
    "heat": _("Heat supply"),
    "power": _("Power supply"),
    "water": _("Water supply"),
    "wastewater": _("Wastewater disposal"),
    "gas": _("Gas supply"),
    "steel": _("steel"),
    "preinsulated": _("pre-insulated steel"),
    "cast_iron": _("cast iron"),
    "ductile_iron": _("ductile iron"),
    "pe": _("polyethylene"),
    "pvc": _("PVC"),
    "concrete": _("reinforced concrete"),
    "asbestos_cement": _("asbestos cement"),
    "ceramic": _("ceramic"),
    "glass_fibre": _("glass fibre"),
    "line_wood": _("overhead line on wooden poles"),
    "line_concrete": _("overhead line on concrete poles"),
    "line_steel": _("overhead line on steel towers"),
    "cable": _("cable"),
    "other": _("other"),
    "transformer": _("transformer"),
    "boiler": _("boiler"),
    "pump": _("pump"),
    "valve": _("valve"),
    "heat_exchanger": _("heat exchanger"),
    "meter": _("meter"),
    "switchgear": _("switchgear"),
    "buildings": _("buildings"),
    "machines": _("machines"),
    "computers": _("computers"),
    "transmission": _("transmission devices"),
    "utility_head": _("Head of the utility"),
    "supplier": _("Supplier"),
    "supervisor": _("Technical supervision"),
    "design_change": _("changed design"),
    "price_regulation": _("regulated prices changed"),
    "force_majeure": _("force majeure"),
    "vat_change": _("changed VAT"),
    "term_by_customer": _("delay by the customer"),
    "hidden_works": _("Act of hidden works"),
    "pressure_test": _("Pressure test"),
    "disinfection": _("Flushing and disinfection"),
    "tightness": _("Tightness test"),
    "insulation": _("Insulation test"),
    "before": _("Before the works"),
    "during": _("During the works"),
    "after": _("After the works"),
}


def unit_words(unit: str, count: int) -> str:
    """Return a unit in the form its number asks for; empty for a unit that has but one."""
    counted = {
        "calendar_days": npgettext("counted", "calendar day", "calendar days", count),
        "working_days": npgettext("counted", "working day", "working days", count),
        "months": npgettext("counted", "month", "months", count),
        "years": npgettext("counted", "year", "years", count),
        "hours": npgettext("counted", "hour", "hours", count),
        "minutes": npgettext("counted", "minute", "minutes", count),
        "pieces": npgettext("counted", "piece", "pieces", count),
        "people": npgettext("counted", "person", "people", count),
        "ratio": npgettext("counted", "time", "times", count),
    }
    return counted.get(unit, "")
