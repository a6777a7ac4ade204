"""Every address of the house."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from qaita.api.addresses import urlpatterns as api_addresses
from qaita.web.machines import urlpatterns as machine_addresses

handler404 = "qaita.web.errors.not_found"
handler500 = "qaita.web.errors.server_error"

ROOMS = (
    "networks",
    "turmys",
    "producers",
    "generation",
    "planning",
    "programme",
    "funding",
    "procurement",
    "works",
    "effects",
    "appeals",
    "disclosure",
    "ledger",
    "law",
    "accounts",
)

urlpatterns = [
    *api_addresses,
    *machine_addresses,
    *i18n_patterns(
        path("account/", include("allauth.urls")),
        path("desk/", include("qaita.web.desk.urls")),
        *(path(f"desk/{room}/", include(f"qaita.web.{room}.urls")) for room in ROOMS),
        path("", include("qaita.web.portal.urls")),
    ),
]
