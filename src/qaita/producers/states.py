"""The life of a register entry (Order 327)."""

from typing import Any

from qaita.kernel.clock import day_of
from qaita.kernel.errors import Reason
from qaita.kernel.states import Ask, Row, StateTable
from qaita.law import in_country_value
from qaita.producers.errors import FIRST_MISMATCH, HAS_NO_PRODUCT
from qaita.producers.models import Producer


def has_product(ask: Ask[Any]) -> Reason | None:
    """An entry is an entry of products."""
    return None if ask.subject.products.exists() else HAS_NO_PRODUCT


def second_mismatch(ask: Ask[Any]) -> Reason | None:
    """Only a second uncured mismatch excludes."""
    needed = in_country_value(on=day_of(ask.at)).mismatches_to_exclusion
    return None if ask.subject.mismatches >= needed else FIRST_MISMATCH


KEEPERS = ("programme_office", "technical_operator")

# fmt: off
PRODUCER: StateTable[Producer] = StateTable("producer", initial="applied", rows=[
    #   action     from                      to           by           only when
    Row("enter",   ("applied",),             "entered",   KEEPERS,     (has_product,)),
    Row("decline", ("applied",),             "declined",  KEEPERS),
    Row("suspend", ("entered",),             "suspended", KEEPERS),
    Row("restore", ("suspended",),           "entered",   KEEPERS,     (has_product,)),
    Row("exclude", ("suspended",),           "excluded",  KEEPERS,     (second_mismatch,)),
    Row("leave",   ("entered", "suspended"), "left",      "producer"),
])
# fmt: on
