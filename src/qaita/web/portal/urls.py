"""Addresses of the public portal. Names are fixed: other rooms link to them."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.portal import (
    about,
    acts,
    address,
    appeals,
    catalogue,
    contracts,
    data,
    effects,
    home,
    law,
    ledger,
    map_page,
    outages,
    plans,
    programme,
    projects,
    regions,
    sections,
    tenders,
    trace,
    utilities,
    utility_rows,
)

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    *about.urlpatterns,
    *acts.urlpatterns,
    *address.urlpatterns,
    *appeals.urlpatterns,
    *catalogue.urlpatterns,
    *contracts.urlpatterns,
    *data.urlpatterns,
    *effects.urlpatterns,
    *law.urlpatterns,
    *map_page.urlpatterns,
    *outages.urlpatterns,
    *plans.urlpatterns,
    *programme.urlpatterns,
    *projects.urlpatterns,
    *regions.urlpatterns,
    *tenders.urlpatterns,
    *sections.urlpatterns,
    *trace.urlpatterns,
    *utilities.urlpatterns,
    *utility_rows.urlpatterns,
    *ledger.urlpatterns,
]
