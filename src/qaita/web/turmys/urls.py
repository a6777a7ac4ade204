"""Addresses of the desk pages of turmys."""

from django.urls import URLPattern, URLResolver

app_name = "turmys"
urlpatterns: list[URLPattern | URLResolver] = []
