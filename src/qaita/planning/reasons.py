"""Sentences of a run in three languages: why a package is in, why not, which limits clash."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

COMMA = ("kk", "ru")
THIN = "\u00a0"


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    text = (Path(__file__).parent / "reasons.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def figure(value: Any, language: str) -> str:
    """Write a figure of a sentence: three digits that matter, the language's signs."""
    if not isinstance(value, float):
        return str(value)
    digits = 2 if abs(value) < 1 else 1 if abs(value) < 100 else 0
    text = f"{value:,.{digits}f}"
    return text.replace(",", THIN).replace(".", ",") if language in COMMA else text


def sentence(code: str, language: str, figures: Mapping[str, Any]) -> str:
    """Return the sentence of the code with its figures."""
    written = {name: figure(value, language) for name, value in figures.items()}
    return _sentences()[code][language].format(**written)


def goods_name(kpved: str, language: str) -> str:
    """Return what a family of goods is called, or its code where nobody named it."""
    known = _sentences().get(f"goods_{kpved}")
    return known[language] if known else kpved


def clash_sentences(clashes: list[dict[str, Any]], language: str) -> list[str]:
    """Return one sentence per clashing limit, or the honest one when none is proven."""
    if not clashes:
        return [sentence("clash_none", language, {})]
    return [
        sentence(
            f"clash_{clash['kind']}",
            language,
            {
                "year": clash["year"],
                "limit": float(clash["limit"]),
                "need": float(clash["alone"] or clash["short"]),
            },
        )
        for clash in clashes
    ]
