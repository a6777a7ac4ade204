"""What a thin stage does not do yet: said on its own page, and all together on `about`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOT_YET: dict[str, str | Promise] = {
    "programme": _(
        "The forecast is one line without its range, and new power plants are not followed"
        " project by project."
    ),
    "plan": _(
        "Here a plan is computed for one utility at a time and with plain rules of wear; the plan"
        " of the whole country stands on its own page."
    ),
    "money": _(
        "The effect on the bill is that of an average household. Full tariff estimates are not"
        " here yet."
    ),
    "tenders": _(
        "There is one procedure, of two stages with sealed prices. Auctions and price requests"
        " are not here yet."
    ),
    "producers": _("The capacity of producers is not compared with the demand of plans yet."),
    "effects": _(
        "Works are compared with the same stretches before and with all stretches not renewed;"
        " pairs of like stretches are not matched yet."
    ),
    "outages": _(
        "Outages come from dispatchers and from people's appeals; sensors and telephone"
        " exchanges are not connected yet."
    ),
    "address": _("Streets and houses are not in the register yet, only towns and sections."),
    "ledger": _("No independent witness countersigns the checkpoints yet."),
}
