"""What every template knows."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

import qaita
from qaita.accounts.models import Organisation
from qaita.ledger.queries import height
from qaita.web import menu
from qaita.web.alternates import as_data
from qaita.web.languages import editions


def demonstration_loaded() -> bool:
    """Tell whether generated data stands in the database: every page must then say so."""
    return Organisation.objects.filter(is_demonstration=True).exists()


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's own facts; what costs a query is asked once, if at all."""
    return {
        "public_address": settings.PUBLIC_ADDRESS,
        "qaita_version": qaita.__version__,
        "demonstration": cache(demonstration_loaded),
        # a published page tells the height at which it was made
        "ledger_height": request.META.get("qaita.height", cache(height)),
        "editions": editions(request),
        "as_data": as_data(request),
        "menu_main": menu.main_items,
        "menu_groups": menu.groups,
    }
