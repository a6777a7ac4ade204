"""What can be wrong with the law as it is written down here."""


class WrongLaw(Exception):
    """A file of legal values breaks a rule; `faults` names every place."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))
