"""Addresses for machines that carry no language: health, data, ledger, tiles, alerts."""

from django.urls import URLPattern, URLResolver, path

from qaita.web import tiles
from qaita.web.disclosure.files import urlpatterns as data_addresses
from qaita.web.disclosure.problems import urlpatterns as problem_addresses
from qaita.web.health import health
from qaita.web.ledger import files as ledger_files
from qaita.web.turmys import alerts
from qaita.web.works.files import urlpatterns as picture_addresses

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    *data_addresses,
    *problem_addresses,
    *alerts.urlpatterns,
    *ledger_files.urlpatterns,
    *picture_addresses,
    *tiles.urlpatterns,
]
