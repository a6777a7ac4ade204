"""Addresses of the desk pages of effects."""

from django.urls import URLPattern, URLResolver

app_name = "effects"
urlpatterns: list[URLPattern | URLResolver] = []
