import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from qaita.gateways.errors import Unreachable
from qaita.gateways.validation import HttpValidation, NoValidation, validation

REVOKED = b"a revoked signature"


@pytest.fixture
def service():
    """Answer as NCANode does, or nonsense, by the address asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            valid = base64.b64decode(asked["cms"]) != REVOKED and bool(asked["data"])
            answer = b"<html>" if "nonsense" in self.path else json.dumps({"valid": valid}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["fake", "real"])
def gateway(request, service):
    return NoValidation({REVOKED}) if request.param == "fake" else HttpValidation(service)


def test_a_good_signature_holds_and_a_revoked_one_does_not(gateway):
    assert gateway.holds(b"document", b"signature") is True
    assert gateway.holds(b"document", REVOKED) is False
    assert gateway.holds(b"", b"signature") is False


def test_silence_and_nonsense_are_not_a_yes(service):
    for address in (service + "/nonsense", "http://127.0.0.1:9"):
        with pytest.raises(Unreachable):
            HttpValidation(address).holds(b"document", b"signature")


def test_the_service_is_asked_when_it_is_configured(settings):
    settings.SIGNATURE_CHECK_URL = ""
    assert isinstance(validation(), NoValidation)
    settings.SIGNATURE_CHECK_URL = "http://127.0.0.1:9"
    assert isinstance(validation(), HttpValidation)
