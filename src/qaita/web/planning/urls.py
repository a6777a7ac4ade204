"""Addresses of the desk pages of planning."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.planning import plans

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
]
