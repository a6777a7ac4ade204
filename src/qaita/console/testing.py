"""t."""


def main(arguments: list[str]) -> int:
    """T."""
    return 1
