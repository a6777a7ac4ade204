"""Words for the stages of a country's plan."""

from django.utils.translation import gettext as _


def stage_words(stage: str) -> str:
    """Return what is being done, in the present language."""
    return {
        "opening": _("opening the plan that this one begins from"),
        "reading": _("reading the register of networks"),
        "gathering": _("gathering sections into packages"),
        "streets": _("finding streets that can be dug once"),
        "options": _("pricing what can be done"),
        "pricing": _("finding the prices of limits"),
        "building": _("building the plan"),
        "exact": _("searching whether a better plan exists"),
        "relaxing": _("looking for what would have to give way"),
        "reasons": _("writing down reasons"),
        "certainty": _("testing the plan at drawn failure rates"),
        "writing": _("writing the files"),
    }[stage]
