import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from qaita.gateways import mail, sms
from qaita.gateways.errors import Undelivered
from qaita.gateways.messages import MEMORY, AppriseGateway, MemoryGateway, Message

# one of apprise's hundred plugins
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
LETTER = Message("somebody@example.kz", "Тақырып", "Мәтін: су берілді")


@pytest.fixture
def outer_system():
    """Run a stranger's service on the loopback; yield its address and what it received."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.path, json.loads(body)))
            self.send_response(500 if "refuse" in self.path else 200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["fake", "real"])
def gateway(request, outer_system):
    """Both must keep one contract."""
    address, received = outer_system
    if request.param == "fake":
        fake = MemoryGateway()
        return fake, lambda: [(m.to, m.subject, m.text) for m in fake.sent]
    real = AppriseGateway(address + "/to/{to}")
    return real, lambda: [
        (path.rpartition("/")[2], said["title"], said["message"]) for path, said in received
    ]


def test_a_message_arrives_whole(gateway):
    messages, arrived = gateway
    messages.send(LETTER)
    assert arrived() == [(LETTER.to, LETTER.subject, LETTER.text)]


def test_messages_leave_no_trace_in_logs(gateway, caplog):
    messages, _arrived = gateway
    with caplog.at_level(logging.DEBUG):
        messages.send(LETTER)
    for word in (LETTER.to, "somebody", LETTER.subject, "берілді"):
        assert word not in caplog.text


@pytest.mark.parametrize("broken", ["fake", "refusing", "unknown"])
def test_a_message_that_is_not_taken_says_so_without_the_address(broken, outer_system):
    messages = {
        "fake": MemoryGateway(),
        "refusing": AppriseGateway(outer_system[0] + "/refuse/{to}"),
        "unknown": AppriseGateway("nonsense://{to}"),
    }[broken]
    letter = Message("" if broken == "fake" else LETTER.to, "a", "b")
    with pytest.raises(Undelivered) as failure:
        messages.send(letter)
    assert "somebody" not in str(failure.value)


def test_without_settings_messages_stay_in_memory(settings):
    settings.MAIL_URL = settings.SMS_URL = ""
    MEMORY.sent.clear()
    mail.send("a@example.kz", "s", "t")
    sms.send("+77000000000", "t")
    assert [m.to for m in MEMORY.sent] == ["a@example.kz", "+77000000000"]


def test_with_settings_messages_leave(settings, outer_system):
    settings.MAIL_URL = outer_system[0] + "/{to}"
    mail.send("a@example.kz", "s", "t")
    assert outer_system[1][0][1]["message"] == "t"
