"""Addresses of the public portal. Names are fixed: other rooms link to them."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.portal import home, programme

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    *programme.urlpatterns,
]
