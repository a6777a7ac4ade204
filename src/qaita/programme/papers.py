"""The canonical documents that signatories sign, and the words of a new application."""

import hashlib
from typing import Any

import rfc8785
from django.utils.translation import gettext as _
from django.utils.translation import override

from qaita.kernel.text import LANGUAGES, in_language
from qaita.ledger.leaves import json_value
from qaita.networks.models import Section, ServiceKind
from qaita.programme.models import Project

KINDS = {
    "submit": "design_brief",
    "check_technically": "technical_conclusion",
    "check_financially": "financial_conclusion",
    "agree_tariff": "tariff_conclusion",
    "confirm": "confirmation",
    "return": "remarks",
    "refuse": "refusal",
}


def document_text(project: Project, action: str, *, role: str, remarks: str) -> str:
    """Return what is signed: the project as it stands, word for word, and the decision."""
    sections = project.sections.order_by("code").values_list(
        "code", "length_m", "material", "diameter_mm", "voltage_kv", "laid_on"
    )
    facts: dict[str, Any] = {
        "document": KINDS[action],
        "project": project.code,
        "decision": action,
        "role": role,
        "remarks": remarks,
        "utility": project.utility.code,
        "service": project.service,
        "region": project.region.kato,
        "title": {language: getattr(project, f"title_{language}") for language in LANGUAGES},
        "year": project.year,
        "law_on": project.law_on,
        "cost_kzt": project.cost_kzt,
        "committed_kzt": project.committed_kzt,
        "bill_rise_kzt": project.bill_rise_kzt,
        "length_planned_m": round(project.length_planned_m, 3),
        "sections": [list(row) for row in sections],
    }
    return rfc8785.dumps(json_value(facts)).decode()


def sha256(text: str) -> str:
    """Return the SHA-256 of a document."""
    return hashlib.sha256(text.encode()).hexdigest()


def plain_titles(sections: list[Section], length_m: float) -> dict[str, str]:
    """Return a title in three languages: what is renewed, how much, where."""
    network = sections[0].network
    titles = {}
    for language in LANGUAGES:
        with override(language):
            place = network.settlement or network.region
            number = f"{length_m / 1000:.2f}"
            titles[language] = _("%(service)s: renewal of %(km)s km of networks, %(place)s") % {
                "service": str(ServiceKind(sections[0].service).label).capitalize(),
                "km": number if language == "en" else number.replace(".", ","),
                "place": in_language(place, "name", language),
            }
    return titles
