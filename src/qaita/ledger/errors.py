"""Refusals of the ledger."""

from qaita.kernel.errors import QaitaError


class BrokenLog(QaitaError):
    """The log does not fit: names the first leaf that is wrong."""

    def __init__(self, index: int, why: str) -> None:
        self.index, self.why = index, why
        super().__init__(f"leaf {index}: {why}")
