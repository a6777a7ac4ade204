"""Messages to people: through apprise, or into memory where nothing is configured.

Addresses and texts are never logged.
"""

import logging
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote

import apprise

from qaita.gateways.errors import Undelivered

KEPT = 100


def _unheard(_record: logging.LogRecord) -> bool:
    return False


# these write down the addresses messages go to; a filter outlasts any later set-up of logging
for _talkative in ("apprise", "urllib3.connectionpool"):
    logging.getLogger(_talkative).addFilter(_unheard)


@dataclass(frozen=True)
class Message:
    """One message."""

    to: str
    subject: str
    text: str


class MessageGateway(Protocol):
    """Something that brings a message to an address."""

    def send(self, message: Message) -> None:
        """Send the message, or raise Undelivered."""
        ...


@dataclass(frozen=True)
class AppriseGateway:
    """Real messages; `address` is an apprise URL in which {to} stands for the receiver."""

    address: str

    def send(self, message: Message) -> None:
        """Send through the configured service."""
        service = apprise.Apprise()
        if not service.add(self.address.replace("{to}", quote(message.to, safe="@"))):
            raise Undelivered("the address of the message service is not understood")
        if not service.notify(body=message.text, title=message.subject):
            raise Undelivered("the message service did not take the message")


@dataclass
class MemoryGateway:
    """Keeps the newest messages in memory: for tests and for a start without a mail server."""

    sent: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT))

    def send(self, message: Message) -> None:
        """Keep the message, unless there is nobody to receive it."""
        if not message.to:
            raise Undelivered("the message has no receiver")
        self.sent.append(message)


MEMORY = MemoryGateway()


def gateway_for(address: str) -> MessageGateway:
    """Return the real gateway when an address is configured, else memory."""
    return AppriseGateway(address) if address else MEMORY
