"""Text messages. `QAITA_SMS_URL` names the service as an apprise URL with {to} in it."""

from django.conf import settings

from qaita.gateways.messages import Message, gateway_for


def send(to: str, text: str) -> None:
    """Send one text message, or raise Undelivered."""
    gateway_for(settings.SMS_URL).send(Message(to, "", text))
