"""Every address of the HTTP interface."""

from django.urls import URLPattern, URLResolver, include, path

from qaita.api import open311
from qaita.api.features import addresses as features
from qaita.api.v1.main import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("ogc/", include((features.urlpatterns, "features"))),
    path("open311/v2/", include((open311.urlpatterns, "open311"))),
]
