"""Codes and kinds of the things of works."""

from django.db import models

from qaita.kernel.ids import new_code


def site_code() -> str:
    """Return a fresh public code of a site."""
    return new_code("ST")


def milestone_code() -> str:
    """Return a fresh public code of a milestone."""
    return new_code("ML")


def permit_code() -> str:
    """Return a fresh public code of a dig permit."""
    return new_code("DP")


def report_code() -> str:
    """Return a fresh public code of a day report."""
    return new_code("DR")


def evidence_code() -> str:
    """Return a fresh public code of a piece of evidence."""
    return new_code("EV")


def measurement_code() -> str:
    """Return a fresh public code of a measurement."""
    return new_code("MS")


def as_built_code() -> str:
    """Return a fresh public code of a line as laid."""
    return new_code("AB")


def check_code() -> str:
    """Return a fresh public code of a check."""
    return new_code("CK")


def act_code() -> str:
    """Return a fresh public code of an act."""
    return new_code("AC")


class Stage(models.TextChoices):
    """When a picture was taken."""

    BEFORE = "before", "before"
    DURING = "during", "during"
    AFTER = "after", "after"


class LineKind(models.TextChoices):
    """What a line of the bill measures; a length is read from geometry, all else is measured."""

    LENGTH = "length", "length"
    OTHER = "other", "other"


class CheckKind(models.TextChoices):
    """What must be checked before a line is buried and accepted."""

    HIDDEN_WORKS = "hidden_works", "hidden works"
    PRESSURE_TEST = "pressure_test", "pressure test"
    DISINFECTION = "disinfection", "disinfection"
    TIGHTNESS = "tightness", "tightness"
    INSULATION = "insulation", "insulation"
