"""What an outer system may answer."""


class Undelivered(Exception):
    """A message was not taken; it never tells to whom or what."""


class Unreachable(Exception):
    """An outer system did not answer in a way we understand."""
