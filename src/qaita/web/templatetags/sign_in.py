"""Tags of the sign-in page."""

from django import template

from qaita.accounts.queries import demo_sign_ins
from qaita.accounts.services import DEMO_PASSWORD

register = template.Library()


@register.simple_tag
def demo_people() -> list[tuple[str, str]]:
    """Return the sign-ins of the demonstration, none when it is not loaded."""
    return demo_sign_ins()


@register.simple_tag
def demo_password() -> str:
    """Return the one password of the demonstration."""
    return DEMO_PASSWORD
