"""The same page in another language."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from qaita.kernel.text import LANGUAGES

OWN_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}


@dataclass(frozen=True)
class Edition:
    """One language edition of the page being shown."""

    code: str
    name: str
    url: str
    address: str


def editions(request: HttpRequest) -> list[Edition]:
    """Return the addresses of this page in all languages; filters are kept."""
    head, _slash, rest = request.path.lstrip("/").partition("/")
    tail = rest if head in LANGUAGES else ""
    query = request.META.get("QUERY_STRING", "")
    asked = f"?{query}" if query and request.method == "GET" else ""
    return [
        Edition(
            code,
            OWN_NAMES[code],
            f"/{code}/{tail}{asked}",
            f"{settings.PUBLIC_ADDRESS}/{code}/{tail}",
        )
        for code in LANGUAGES
    ]
