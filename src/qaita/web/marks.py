"""Small drawings of the sprite."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


def service_icon(name: str) -> SafeString:
    """Return an icon; colour comes from the class of its service."""
    return format_html(
        '<svg class="q-ic svc-{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        name,
        static("qaita/img/icons.svg"),
        name,
    )
