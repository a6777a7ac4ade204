"""Asks an outer service whether a signature's certificate has been revoked.

`QAITA_SIGNATURE_CHECK_URL` is the address of a service that speaks NCANode's `/cms/verify`:
JSON with `cms` and `data` in base 64, answered with `valid`.
"""

import base64
import json
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Protocol
from urllib.error import URLError
from urllib.request import Request, urlopen

from django.conf import settings

from qaita.gateways.errors import Unreachable

TIMEOUT_SECONDS = 15
MAX_ANSWER_BYTES = 1_000_000


class ValidationGateway(Protocol):
    """Something that knows whether a signature holds today."""

    def holds(self, document: bytes, cms: bytes) -> bool:
        """Tell whether the signature holds, or raise Unreachable."""
        ...


@dataclass(frozen=True)
class HttpValidation:
    """The real service."""

    address: str

    def holds(self, document: bytes, cms: bytes) -> bool:
        """Ask the service, revocation included."""
        question = {
            "cms": base64.b64encode(cms).decode(),
            "data": base64.b64encode(document).decode(),
            "revocationCheck": ["OCSP"],
        }
        request = Request(  # noqa: S310 -- the address is the administrator's
            self.address,
            data=json.dumps(question).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 -- same
                said = json.loads(answer.read(MAX_ANSWER_BYTES))
        except (URLError, OSError, HTTPException, ValueError):
            raise Unreachable("the signature service does not answer") from None
        if not isinstance(said, dict) or not isinstance(said.get("valid"), bool):
            raise Unreachable("the signature service answers something else")
        return bool(said["valid"])


@dataclass
class NoValidation:
    """The fake: everything holds but what is named in `revoked`."""

    revoked: set[bytes] = field(default_factory=set)

    def holds(self, document: bytes, cms: bytes) -> bool:
        """Tell whether the signature is not among the revoked ones."""
        return bool(document) and cms not in self.revoked


NONE = NoValidation()


def validation() -> ValidationGateway:
    """Return the real service when it is configured, else the fake."""
    address = settings.SIGNATURE_CHECK_URL
    return HttpValidation(address) if address else NONE
