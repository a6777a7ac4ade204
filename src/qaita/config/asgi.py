"""The application for ASGI servers (live feeds)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qaita.config.settings")
application = get_asgi_application()
