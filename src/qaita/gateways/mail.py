"""E-mail. `QAITA_MAIL_URL` names the service, e.g. mailtos://user:password@host?to={to}."""

from django.conf import settings

from qaita.gateways.messages import Message, gateway_for


def send(to: str, subject: str, text: str) -> None:
    """Send one letter, or raise Undelivered."""
    gateway_for(settings.MAIL_URL).send(Message(to, subject, text))
