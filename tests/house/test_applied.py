"""What the page of rules says of each value – applied, or published only – is what the code does.

`applied.yaml` is written from the code (`test_papers` compares them); here the reading itself is
checked another way: by the plain text of the sources.
"""

import re

from qaita.console.applied import applied
from qaita.law.reading import applied_by, read_topic, topics
from tests.house.reading import PACKAGE, text_of

ROOMS = ("appeals", "effects", "funding", "networks", "planning", "procurement", "producers",
         "programme", "territory", "turmys", "works", "generation")  # fmt: skip


def _text(room: str) -> str:
    folders = (PACKAGE / room, PACKAGE / "web" / room)
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    return "\n".join(text_of(path) for path in paths if "migrations" not in path.parts)


TEXTS = {room: _text(room) for room in ROOMS}


def _parameters():
    return [parameter for topic in topics() for parameter in read_topic(topic).values()]


def test_a_room_that_applies_a_value_takes_in_its_topic():
    wrong = [
        f"{one.topic}.{one.name}: {room}"
        for one in _parameters()
        for room in applied_by(one)
        if not re.search(rf"qaita\.law(\.| import .*\b){one.topic}\b|read_topic", TEXTS[room])
    ]
    assert not wrong, "\n".join(wrong)


def test_a_value_said_to_be_idle_is_read_nowhere():
    """A name that several topics or the rooms' own tables bear says nothing by itself."""
    names = [one.name for one in _parameters()]
    wrong = [
        f"{one.topic}.{one.name}: {room}"
        for one in _parameters()
        if not applied_by(one) and names.count(one.name) == 1
        for room, text in TEXTS.items()
        if re.search(rf"\b(law|rules?|limits|{one.topic}\(.*\))\.{one.name}\b", text)
        or (f'"{one.name}"' in text and f"{one.topic}(on=" in text)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_reading_tells_used_from_unused():
    found = applied()
    assert found["tendering"]["bid_days_min"] == ["procurement"]
    assert found["approvals"]["technical_working_days"] == ["programme"]  # asked by its name
    assert found["unit_prices"]["price_per_km"] == ["planning"]  # through a method
    assert found["acceptance"]["corridor_m"] == ["works"]  # handed on within the room
    assert found["tax"]["mci_kzt"] == []
