"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

import qaita


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's own facts."""
    return {"public_address": settings.PUBLIC_ADDRESS, "qaita_version": qaita.__version__}
