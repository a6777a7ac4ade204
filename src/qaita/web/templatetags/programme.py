"""Words of steps, documents and instruments: {% load programme %}."""

from typing import Any

from django import template

from qaita.networks.models import Material
from qaita.web.programme import words

register = template.Library()


@register.filter
def action_label(action: Any) -> words.Text:
    """Return the words of a step that happened; takes project.submit and submit alike."""
    return words.word_of(words.ACTIONS, str(action).rpartition(".")[2])


@register.filter
def verb_label(action: Any) -> words.Text:
    """Return the words of a step that can be taken."""
    return words.word_of(words.VERBS, action)


@register.filter
def document_label(kind: Any) -> words.Text:
    """Return the words of a document."""
    return words.word_of(words.DOCUMENTS, kind)


@register.filter
def instrument_label(kind: Any) -> words.Text:
    """Return the words of a source of money."""
    return words.word_of(words.INSTRUMENTS, kind)


@register.filter
def material_of(section: Any) -> Any:
    """Return the words of what a section is made of."""
    material = section.material
    return Material(material).label if material in Material.values else "–"
