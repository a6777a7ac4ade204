"""Addresses of the desk pages of procurement."""

from django.urls import URLPattern, URLResolver

app_name = "procurement"
urlpatterns: list[URLPattern | URLResolver] = []
