"""Words of the catalogue brought to their stems: Kazakh, Russian, English, and mistyped letters.

Russian and English stems are tantivy's Snowball; there is none for Kazakh, so its endings
(plural, possession, cases) are cut here, longest first, as a light stemmer does. Kazakh letters
are folded to their Russian neighbours, because half of all keyboards do not have them.
"""

from functools import lru_cache

import tantivy

_FOLD = str.maketrans("әғқңөұүһіё", "агкноуухие")
_SHORTEST = 4
_ENDINGS_TEXT = (
    "лар лер дар дер тар тер нын нин дын дин тын тин га ге ка ке на не ны ни ды ди ты ти "
    "да де та те нда нде дан ден тан тен нан нен мен бен пен сы си ы и лы ли лик лык дик дык "
    "ин ын им ым дары дери лары лери тары тери"
)
_ENDINGS = sorted(_ENDINGS_TEXT.split(), key=lambda ending: (-len(ending), ending))


def fold(text: str) -> str:
    """Return lower-case text without the letters only some keyboards have."""
    return text.lower().translate(_FOLD)


@lru_cache(maxsize=4)
def _analyzer(language: str) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    builder = builder.filter(tantivy.Filter.lowercase())
    if language:
        builder = builder.filter(tantivy.Filter.stemmer(language))
    return builder.build()


def kazakh_stem(word: str) -> str:
    """Return the word without its Kazakh endings; three at most, four letters stay."""
    for _turn in range(3):
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
                word = word[: -len(ending)]
                break
        else:
            return word
    return word


@lru_cache(maxsize=20_000)
def stems(word: str) -> tuple[str, ...]:
    """Return every stem a folded word may have; the word itself comes first."""
    found = dict.fromkeys([word, kazakh_stem(word)])
    for language in ("russian", "english"):
        found.update(dict.fromkeys(_analyzer(language).analyze(word)))
    return tuple(found)


def words_of(text: str) -> list[str]:
    """Return the folded words of a text."""
    return [word for word in _analyzer("").analyze(fold(text)) if word]


def all_stems(*texts: str) -> list[str]:
    """Return the stems of all words of the texts, for the index."""
    return [stem for text in texts for word in words_of(text) for stem in stems(word)]
