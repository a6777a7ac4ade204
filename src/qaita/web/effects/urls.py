"""Addresses of the desk pages of effects."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.effects.home import home

app_name = "effects"
urlpatterns: list[URLPattern | URLResolver] = [path("", home, name="home")]
