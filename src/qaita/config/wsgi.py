"""The application for WSGI servers."""

import os
import threading

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from qaita.web.front import PublishedFirst

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qaita.config.settings")
application = PublishedFirst(get_wsgi_application())


def read_addresses() -> None:
    """Read the table of addresses, and with it every door."""
    tuple(get_resolver().url_patterns)


# Published pages and health need no addresses: they are answered at once, the rest is read beside.
threading.Thread(target=read_addresses, name="addresses", daemon=True).start()
