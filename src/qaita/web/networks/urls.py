"""Addresses of the desk pages of networks."""

from django.urls import URLPattern, URLResolver

app_name = "networks"
urlpatterns: list[URLPattern | URLResolver] = []
