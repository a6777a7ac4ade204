"""Small drawings and badges that pages and lists share."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qaita.web import labels


def service_icon(name: str) -> SafeString:
    """Return an icon; colour comes from the class of its service."""
    return format_html(
        '<svg class="q-ic svc-{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        name,
        static("qaita/img/icons.svg"),
        name,
    )


def service_mark(kind: str) -> SafeString:
    """Return a service's icon and words."""
    return format_html(
        '<span class="q-service svc-{}">{}<span>{}</span></span>',
        kind,
        service_icon(kind),
        labels.service_of(kind),
    )


def state_mark(kind: str, state: str) -> SafeString:
    """Return the badge of a state of this kind of thing."""
    label = labels.state_of(kind, state)
    return format_html('<span class="q-badge tone-{}">{}</span>', label.tone, label.title)
