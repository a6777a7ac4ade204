"""Refusals of the ledger."""

from qaita.kernel.errors import Unready


class BrokenLog(Unready):
    """The log does not fit: names the first leaf that is wrong."""

    def __init__(self, index: int, why: str) -> None:
        self.index, self.why = index, why
        super().__init__(f"leaf {index}: {why}")


class KeyLost(Unready):
    """The key that signed the log so far is gone or another: a new one would break every proof."""
