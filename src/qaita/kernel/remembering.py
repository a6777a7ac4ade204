"""While one state of the data is looked at, a question that was answered is not asked again.

The publisher makes every page in three languages from one state of the data: what a page tells is
asked once, and said three times. Anywhere else each question is asked anew.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

MOST_ANSWERS = 256
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

_answers: ContextVar["OrderedDict[Hashable, object] | None"] = ContextVar("answers", default=None)


@contextmanager
def one_state() -> Iterator[None]:
    """Promise that the data stays as it is until the end of the block."""
    token = _answers.set(OrderedDict())
    try:
        yield
    finally:
        _answers.reset(token)


def asked_once(question: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Answer from memory within `one_state`; what is answered must hold no words of a language."""

    @wraps(question)
    def answer(*args: Asked.args, **more: Asked.kwargs) -> Answer:
        known = _answers.get()
        if known is None:
            return question(*args, **more)
        key = (question, args, tuple(sorted(more.items())))
        if key not in known:
            known[key] = question(*args, **more)
            if len(known) > MOST_ANSWERS:
                known.popitem(last=False)
        known.move_to_end(key)
        return known[key]  # type: ignore[return-value]  # it is what this question answered

    return answer
