"""Is the house well? Asked by machines, and answered before the addresses are even read."""

from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse

import qaita
from qaita.ledger.queries import height

HEALTH = "/health"


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
