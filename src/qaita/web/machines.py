"""Addresses for machines that carry no language: health, data, ledger, tiles, alerts."""

from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, path

import qaita
from qaita.ledger.queries import height
from qaita.web import tiles
from qaita.web.disclosure.files import urlpatterns as data_addresses
from qaita.web.disclosure.problems import urlpatterns as problem_addresses
from qaita.web.ledger import files as ledger_files
from qaita.web.turmys import alerts
from qaita.web.works.files import urlpatterns as picture_addresses


def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 with the versions of code, schema and ledger, or 503 with what is wrong."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
        body = {
            "status": "well",
            "version": qaita.__version__,
            "schema": {app: name for app, name in sorted(applied) if _is_ours(app)},
            "ledger_height": height(),
        }
    except DatabaseError as fault:
        wrong = f"the database does not answer: {type(fault).__name__}"
        return JsonResponse({"status": "ill", "wrong": wrong}, status=503)
    return JsonResponse(body)


def _is_ours(app: str) -> bool:
    return app not in {"admin", "auth", "contenttypes", "sessions", "account", "mfa", "axes"}


urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    *data_addresses,
    *problem_addresses,
    *alerts.urlpatterns,
    *ledger_files.urlpatterns,
    *picture_addresses,
    *tiles.urlpatterns,
]
