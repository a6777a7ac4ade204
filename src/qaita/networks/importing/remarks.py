"""What of an EPANET file is kept without being read, or left out: said at import, never silent."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Text
from qaita.networks.importing.inp_text import InpText
from qaita.networks.parsed import Remark

REMARKS: dict[str, Text] = {
    "rules": _(
        "Kept word for word and not checked: pressures are computed without these rules. An export"
        " gives back every rule whose nodes and links are all there."
    ),
    "controls": _(
        "Kept word for word. What acts at the start counts in the pressures; the rest is neither"
        " checked nor used. An export gives back every control whose node and link are there."
    ),
    "unread": _("Kept word for word and not read. An export gives it back."),
    "left_out": _("Left out: it only decorates the drawing. An export does not hold it."),
}
RULE_OF_PART = {
    "RULES": "rules",
    "CONTROLS": "controls",
    **dict.fromkeys(
        ("TAGS", "ENERGY", "QUALITY", "SOURCES", "REACTIONS", "MIXING", "REPORT"), "unread"
    ),
    **dict.fromkeys(("LABELS", "BACKDROP"), "left_out"),
}


def remarks_of(text: InpText) -> tuple[Remark, ...]:
    """Return what the importer of the file has to know, in the order of the file's parts."""
    return tuple(
        Remark(part, count, rule)
        for part, rule in RULE_OF_PART.items()
        if (count := _count(part, text.lines.get(part, [])))
    )


def _count(part: str, lines: list[str]) -> int:
    if part != "RULES":
        return len(lines)
    return sum(line.split()[0].upper() == "RULE" for line in lines) or len(lines)
