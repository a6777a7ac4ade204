"""Words for what the ledger tells: `<thing>.<action>` → a short sentence."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, str | Promise] = {
    "territory.load": _("Regions and settlements loaded"),
}


def action_label(kind: str) -> str | Promise:
    """Return the words of an entry's kind; a kind without words shows itself."""
    return ACTIONS.get(kind, kind)
