"""Addresses of the desk pages of funding."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.funding import money

app_name = "funding"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", money.home, name="home"),
    path("projects/<str:code>/", money.project, name="project"),
    path("projects/<str:code>/tariff/", money.estimate, name="estimate"),
    path("instruments/<str:code>/tranche/", money.tranche, name="tranche"),
    path("instruments/<str:code>/withdraw/", money.withdraw, name="withdraw"),
    path("tranches/<str:code>/receive/", money.receive, name="receive"),
]
