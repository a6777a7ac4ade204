"""Words for the codes of procurement and the register: units, grounds, preferences, events."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise

UNITS: dict[str, Text] = {
    "m": _("m"),
    "km": _("km"),
    "m2": _("m²"),
    "m3": _("m³"),
    "t": _("t"),
    "kg": _("kg"),
    "pcs": _("pcs"),
    "set": _("sets"),
    "l": _("l"),
    "service": _("services"),
}
CATEGORIES: dict[str, Text] = {
    "goods": pgettext_lazy("what is bought", "goods"),
    "works": pgettext_lazy("what is bought", "works"),
    "services": pgettext_lazy("what is bought", "services"),
}
PREFERENCES: dict[str, Text] = {
    "register": _("in the register of Kazakh producers"),
    "years_main": _("years as main contractor"),
    "years_sub": _("years as subcontractor"),
}
GROUNDS: dict[str, Text] = {
    "design_change": _("change of the design"),
    "price_regulation": _("regulated prices changed"),
    "force_majeure": _("force majeure"),
    "vat_change": _("value-added tax changed"),
    "term_by_customer": _("term moved by the customer"),
}
DEBARMENTS: dict[str, Text] = {
    "declined_award": _("the winner refused to sign"),
    "contract_breach": _("breach of the contract"),
    "false_documents": _("false documents"),
}
INVALID: dict[str, Text] = {
    "above_estimate": _("The price is above the lot's estimate."),
    "wrong_envelope": _("The envelope holds no price that can be read."),
}
EVENTS: dict[str, Text] = {
    "tender.draft": _("Tender drafted"),
    "tender.revise": _("Draft of the tender changed"),
    "tender.announce": _("Tender announced, keys of the committee written down"),
    "tender.close": _("Tender closed; hashes of all sealed bids written down"),
    "tender.admit": _("Bidders admitted"),
    "tender.share": _("A committee member gave a share of the key"),
    "tender.open": _("Prices opened"),
    "tender.award": _("Winner chosen"),
    "tender.reopen": _("Award fell, the ranking counts again"),
    "tender.conclude": _("Contract signed"),
    "tender.fail": _("Tender ended without a result"),
    "tender.cancel": _("Tender cancelled"),
    "contract.draft": _("Contract drafted"),
    "contract.sign_as_supplier": _("Signed by the supplier"),
    "contract.sign_as_buyer": _("Signed by the customer"),
    "contract.start": _("Performance began"),
    "contract.complete": _("Contract completed"),
    "contract.void": _("Draft dropped"),
    "contract.terminate": _("Contract terminated"),
    "contract.amend": _("Amendment in force"),
    "document.sign": _("Document signed"),
    "producer.apply": _("Application filed"),
    "producer.enter": _("Entered into the register"),
    "producer.decline": _("Application declined"),
    "producer.suspend": _("Entry suspended"),
    "producer.restore": _("Entry restored"),
    "producer.exclude": _("Excluded from the register"),
    "producer.leave": _("Left the register"),
    "product.add": _("Product entered"),
    "product.update": _("Product changed"),
    "product.withdraw": _("Product withdrawn"),
}


def unit_of(unit: str) -> Text:
    """Return the words of a unit; an unknown one stands as it is."""
    return UNITS.get(unit, unit)
