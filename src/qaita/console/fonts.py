"""Cuts the font down to the letters of our three languages.

`python -m qaita.console.fonts NODE_MODULES OUT` writes OUT/onest-*.woff2 and OUT/onest.css.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

KAZAKH = "ӘҒҚҢӨҰҮҺәғқңөұүһ"
RUSSIAN = "".join(map(chr, range(0x410, 0x450))) + "ЁёІі№"
LATIN = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0\u202f\u2009«»–—’‘“”„…·×²³°±§©•−"
SIGNS = "→←↑↓"

# file of the npm package → the letters taken from it
PARTS = {
    "cyrillic": RUSSIAN,
    "cyrillic-ext": KAZAKH + "₸",
    "latin": LATIN,
    "latin-ext": "₸",
    "symbols": SIGNS,
}
WEIGHTS = (400, 750)
FEATURES = ["kern", "tnum", "pnum", "lnum", "locl", "ccmp", "mark", "mkmk"]

FACE = """@font-face{{font-family:"Onest Variable";font-style:normal;font-display:swap;\
font-weight:{light} {heavy};src:url("./{file}") format("woff2-variations");unicode-range:{ranges}}}
"""


def cut(source: Path, target: Path, letters: str) -> list[int]:
    """Write the letters of one file as WOFF2; return the code points it really holds."""
    font = TTFont(source)
    held = sorted({ord(letter) for letter in letters} & set(font.getBestCmap()))
    if not held:
        return []
    font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS})
    options = subset.Options()
    options.layout_features = FEATURES
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=held)
    cutter.subset(font)
    font.flavor = "woff2"
    font.save(target)
    return held


def build(modules: Path, out: Path) -> int:
    """Make the font files and their style sheet; return their bytes."""
    out.mkdir(parents=True, exist_ok=True)
    faces, taken, size = [], set[int](), 0
    for part, letters in PARTS.items():
        source = modules / "@fontsource-variable/onest/files" / f"onest-{part}-wght-normal.woff2"
        target = out / f"onest-{part}.woff2"
        held = cut(source, target, "".join(c for c in letters if ord(c) not in taken))
        if not held:
            continue
        taken.update(held)
        size += target.stat().st_size
        ranges = ",".join(f"U+{point:04X}" for point in held)
        faces.append(
            FACE.format(light=WEIGHTS[0], heavy=WEIGHTS[1], file=target.name, ranges=ranges)
        )
    (out / "onest.css").write_text("".join(faces), encoding="utf-8")
    return size


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), Path(sys.argv[2])), "bytes of fonts")
