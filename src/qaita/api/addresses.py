"""Every address of the HTTP interface."""

from django.urls import URLPattern, URLResolver, path

from qaita.api.v1.main import api

urlpatterns: list[URLPattern | URLResolver] = [path("api/v1/", api.urls)]
