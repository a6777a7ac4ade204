"""Countries by their two letters (ISO 3166-1), in the reader's language."""

from functools import lru_cache

from babel import Locale

from qaita.web.formats import language

FIRST = ("KZ", "RU", "CN", "TR", "UZ", "KG", "BY", "DE")  # where pipes and pumps come from most


@lru_cache(maxsize=8)
def _names(locale: str) -> dict[str, str]:
    known = Locale.parse(locale).territories
    return {code: name for code, name in known.items() if len(code) == 2 and code.isalpha()}


def country_name(code: str) -> str:
    """Return the name of a country; a code nobody knows stays as it is."""
    return _names(language()).get(code, code)


def country_options() -> list[tuple[str, str]]:
    """Return every country as a choice, the neighbours first."""
    names = _names(language())
    others = sorted((name, code) for code, name in names.items() if code not in FIRST)
    return [*((code, names[code]) for code in FIRST), *((code, name) for name, code in others)]
