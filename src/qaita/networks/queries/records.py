"""Failures and inspections of sections, those of their ancestors included."""

from django.db.models import QuerySet

from qaita.networks.models import Failure, Inspection, Lineage, Section


def identity_of(section: Section) -> list[int]:
    """Return the keys of the section and of those it was split from or merged of."""
    seen = {section.pk}
    front = {section.pk}
    while front:
        rows = Lineage.objects.filter(child__in=front).exclude(kind="replace")
        front = set(rows.values_list("parent", flat=True)) - seen
        seen |= front
    return sorted(seen)


def failures_of(section: Section) -> QuerySet[Failure]:
    """Return the failures of this pipe, also from before it was split or merged."""
    return Failure.objects.filter(section__in=identity_of(section))


def inspections_of(section: Section) -> QuerySet[Inspection]:
    """Return the inspections of this pipe, also from before it was split or merged."""
    return Inspection.objects.filter(section__in=identity_of(section))
