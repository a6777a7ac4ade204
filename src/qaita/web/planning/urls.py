"""Addresses of the desk pages of planning."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.planning import (
    country,
    country_compare,
    country_limits,
    country_money,
    country_swap,
    country_zoom,
    plans,
)

app_name = "planning"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", plans.home, name="home"),
    path("new/", plans.new, name="new"),
    path("services/<str:code>/form/", plans.form, name="form"),
    path("scenarios/<str:code>/", plans.scenario, name="scenario"),
    path("scenarios/<str:code>/run/", plans.start, name="start"),
    path("scenarios/<str:code>/shelve/", plans.shelve, name="shelve"),
    path("runs/<str:code>/", plans.run, name="run"),
    path("runs/<str:code>/adopt/", plans.adopt, name="adopt"),
    path("country/", country.home, name="country"),
    path("country/new/<str:begin>/", country.new, name="country_new"),
    path("country/upload/", country_limits.upload, name="country_upload"),
    path(
        "country/limits/<str:begin>/<str:form>/",
        country_limits.limits_file,
        name="country_limits",
    ),
    path("country/scenarios/<str:code>/", country.scenario, name="country_scenario"),
    path("country/scenarios/<str:code>/run/", country.start, name="country_start"),
    path("country/scenarios/<str:code>/shelve/", country.shelve, name="country_shelve"),
    path("country/runs/<str:code>/", country.run, name="country_run"),
    path("country/runs/<str:code>/packages/", country.packages, name="country_packages"),
    path("country/runs/<str:code>/stop/", country.cancel, name="country_cancel"),
    path("country/runs/<str:code>/adopt/", country.adopt, name="country_adopt"),
    path("country/runs/<str:code>/money/", country_money.money, name="country_money"),
    path("country/runs/<str:code>/eased/<int:number>/", country.relax, name="country_relax"),
    path("country/trials/<str:code>/", country_money.trial, name="country_trial"),
    path("country/trials/<str:code>/stop/", country_money.stop_trial, name="country_trial_stop"),
    path("country/trials/<str:code>/keep/", country_money.keep_trial, name="country_trial_keep"),
    path("country/runs/<str:code>/change/", country_swap.swap, name="country_swap"),
    path("country/runs/<str:code>/map/", country_zoom.plan_map, name="country_run_map"),
    path(
        "country/runs/<str:code>/map/<int:z>/<int:x>/<int:y>.mvt",
        country_zoom.plan_tile,
        name="country_run_tile",
    ),
    path(
        "country/runs/<str:code>/beside/<str:other>/map/",
        country_zoom.compare_map,
        name="country_compare_map",
    ),
    path(
        "country/runs/<str:code>/beside/<str:other>/map/<int:z>/<int:x>/<int:y>.mvt",
        country_zoom.compare_tile,
        name="country_compare_tile",
    ),
    path(
        "country/runs/<str:code>/beside/<str:other>/",
        country_compare.compare,
        name="country_compare",
    ),
]
