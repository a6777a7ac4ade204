"""The verbs of appeals."""

from qaita.appeals.services.answering import (
    accept_appeal,
    answer_appeal,
    answer_appeals,
    close_appeals_due,
    close_unfixed,
    extend_appeal,
    forget_contacts_due,
    forward_appeal,
    word_appeal,
)
from qaita.appeals.services.bursts import propose_bursts_due
from qaita.appeals.services.filing import Filed, NewAppeal, file_appeal, file_appeals
from qaita.appeals.services.following import close_appeal, rate_appeal, reopen_appeal

__all__ = [
    "Filed",
    "NewAppeal",
    "accept_appeal",
    "answer_appeal",
    "answer_appeals",
    "close_appeal",
    "close_appeals_due",
    "close_unfixed",
    "extend_appeal",
    "file_appeal",
    "file_appeals",
    "forget_contacts_due",
    "forward_appeal",
    "propose_bursts_due",
    "rate_appeal",
    "reopen_appeal",
    "word_appeal",
]
