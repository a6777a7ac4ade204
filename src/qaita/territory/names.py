"""Names of places in three languages: choosing among variants, folding letters, closeness."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

KAZAKH_LETTERS = frozenset("әғқңөұүһі")
_CYRILLIC = re.compile(r"[а-яёәғқңөұүһі][а-яёәғқңөұүһі .\-]*", re.IGNORECASE)
_TO_RUSSIAN = str.maketrans(dict(zip("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ", strict=True)))
_TO_LATIN = {
    **dict(zip("абвгдезийклмнопрстуфыэәқңөұүһіё", "abvgdeziyklmnoprstufyeaknouuhie", strict=True)),
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "yu",
    "я": "ya",
    "ъ": "",
    "ь": "",
    "ғ": "g",
    "q": "k",
    "’": "",
    "'": "",
    "-": " ",
}
_TO_CYRILLIC = [
    *[("shch", "щ"), ("zh", "ж"), ("kh", "х"), ("gh", "г"), ("ts", "ц"), ("ch", "ч")],
    *[("sh", "ш"), ("yu", "ю"), ("ya", "я"), ("yo", "ё"), ("a", "а"), ("b", "б"), ("v", "в")],
    *[("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("i", "и"), ("y", "ы"), ("k", "к")],
    *[("q", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р")],
    *[("s", "с"), ("t", "т"), ("u", "у"), ("f", "ф"), ("h", "х"), ("j", "ж"), ("w", "в")],
]


@dataclass(frozen=True)
class PlaceName:
    """A name in three languages; `transliterated` when one of them was spelled by rule."""

    kk: str
    ru: str
    en: str
    transliterated: bool = False


def folded(text: str) -> str:
    """Return the text in small Latin letters, so that Қостанай, Костанай, Kostanay are near."""
    small = text.lower().strip()
    return " ".join("".join(_TO_LATIN.get(letter, letter) for letter in small).split())


def closeness(asked: str, name: str) -> float:
    """Return how near a typed text is to a name, 0…1: a beginning counts almost as a match."""
    if name.startswith(asked):
        return 1.0 if asked == name else 0.95
    if len(asked) >= 3 and asked in name:
        return 0.85
    return 0.9 * SequenceMatcher(None, asked, name).ratio()


def in_cyrillic(latin: str) -> str:
    """Spell a Latin name in Russian letters."""
    text = latin.lower()
    for sound, letter in _TO_CYRILLIC:
        text = text.replace(sound, letter)
    return "".join(c for c in text if c.isalpha() or c in " -").title()


def _nearest(latin: str, variants: Iterable[str]) -> str:
    key = folded(latin)
    ranked = sorted(
        variants, key=lambda name: (-SequenceMatcher(None, key, folded(name)).ratio(), name)
    )
    return ranked[0] if ranked else ""


def choose_name(latin: str, variants: Iterable[str]) -> PlaceName:
    """Choose the Kazakh and Russian names among unmarked variants of a gazetteer.

    Names with Kazakh letters are Kazakh, the other Cyrillic ones Russian; the nearest to the
    present Latin name wins, so that names of the past lose. What is missing is spelled by rule.
    """
    latin = latin.replace("’", "").replace("'", "")
    cyrillic = [name for name in variants if _CYRILLIC.fullmatch(name)]
    kazakh = [name for name in cyrillic if KAZAKH_LETTERS & set(name.lower())]
    russian = [name for name in cyrillic if not KAZAKH_LETTERS & set(name.lower())]
    kk, ru = _nearest(latin, kazakh), _nearest(latin, russian)
    if kk and not ru:
        return PlaceName(kk, kk.translate(_TO_RUSSIAN), latin, transliterated=True)
    if not ru:
        spelled = in_cyrillic(latin)
        return PlaceName(spelled, spelled, latin, transliterated=True)
    return PlaceName(kk or ru, ru, latin)
