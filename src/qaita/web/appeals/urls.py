"""Addresses of the desk pages of appeals."""

from django.urls import URLPattern, URLResolver

app_name = "appeals"
urlpatterns: list[URLPattern | URLResolver] = []
